import { element, label, share, short } from './element.ts';
import { ticks } from './scale.ts';

/** An upright line at a share of the width. */
export const upright = (name: string, x: string, y1: number, y2: number): string =>
  element('line', { class: name, x1: x, x2: x, y1, y2 });

/** A line from left to right. */
export const level = (name: string, y: number, x1: string | number = 0, x2 = '100%'): string =>
  element('line', { class: name, x1, x2, y1: y, y2: y });

/** Grid lines from the bottom up with their values on them, so that a plot needs no margin. */
export function yAxis(values: readonly number[], name: (value: number) => string, y: (value: number) => number) {
  return values.flatMap((value, i) => [
    level(i === 0 ? 'grid zero' : 'grid', short(y(value))),
    ...(i === 0 ? [] : [label(name(value), { class: 'axis halo', x: 0, y: short(y(value) - 4) })]),
  ]);
}

/** Values along the bottom; `x` gives shares of the width. None reaches over an edge. */
export function xAxis(
  values: readonly number[],
  name: (value: number) => string,
  x: (value: number) => number,
  y: number,
): string[] {
  return values.map((value, i) => {
    const anchor = i === 0 ? 'start' : x(value) > 0.95 ? 'end' : 'middle';
    return label(name(value), { class: 'axis', x: share(x(value)), y, 'text-anchor': anchor });
  });
}

/** The same for so many seconds. */
export function secondsAxis(seconds: number, x: (second: number) => number, y: number): string[] {
  const values = ticks(seconds, 4).filter((second) => second <= seconds);
  return xAxis(values, (second) => `${short(second)} s`, x, y);
}
