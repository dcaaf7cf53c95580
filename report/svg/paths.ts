import { duration } from '../format.ts';
import type { Load, LoadDifference, LoadSeries } from '../model.ts';
import { chart, curves, element, label, share, short } from './element.ts';
import { ticks, timeScale, timeTicksUpTo } from './scale.ts';

const bottom = 20;
const plotHeight = 160;
/** Room for the name of the highest grid line. */
const top = 16;
const height = plotHeight + bottom;

/** Grid lines from the bottom up, each with its name on it. */
function grid(values: readonly number[], y: (value: number) => number, name: (value: number) => string): string[] {
  return values.flatMap((value, i) => [
    element('line', {
      class: i === 0 ? 'grid zero' : 'grid',
      x1: 0,
      x2: '100%',
      y1: short(y(value)),
      y2: short(y(value)),
    }),
    ...(i === 0 ? [] : [label(name(value), { class: 'axis halo', x: 0, y: short(y(value) - 4) })]),
  ]);
}

function alongX(values: readonly number[], x: (value: number) => number, name: (value: number) => string): string[] {
  return values.map((value, i) => {
    const anchor = i === 0 ? 'start' : x(value) > 0.95 ? 'end' : 'middle';
    return label(name(value), { class: 'axis', x: share(x(value)), y: height - 5, 'text-anchor': anchor });
  });
}

/** The share of requests that were answered within so many milliseconds, for every path. */
export function distributionChart({ series }: Load): string {
  const all = series.map(({ distribution = [] }) => distribution);
  const most = Math.max(1, ...all.flat().map(([, ms]) => ms));
  const scale = timeScale(most);
  const lines = all.map((points, i) => ({
    class: `curve p95 series-${i}`,
    points: points.map(([part, ms]): [number, number] => [Math.min(1, scale(ms)), part]),
  }));
  const y = (part: number) => top + (1 - part) * (plotHeight - top);
  const said = series.map(
    ({ name, latency: { p50, p99 } }) => `${name} half within ${duration(p50)}, 99 % within ${duration(p99)}`,
  );
  return chart(
    `Share of requests answered within a time: ${said.join('; ')}`,
    height,
    ...grid([0, 0.25, 0.5, 0.75, 1], y, (part) => `${100 * part} %`),
    curves(top, plotHeight - top, ...lines.toReversed()),
    ...alongX(
      timeTicksUpTo(most).filter((ms) => scale(ms) <= 1),
      scale,
      duration,
    ),
  );
}

/** The figure of every round of every path, when it was taken. */
export function roundsChart({ series }: Load, unit: string): string {
  const all = series.flatMap(({ rounds = [] }, i) => rounds.map((round) => ({ ...round, i })));
  const seconds = Math.max(1, ...all.map(({ second }) => second));
  // marks keep clear of the names on the left
  const x = (second: number) => 0.05 + (0.93 * second) / seconds;
  const values = ticks(Math.max(...all.map(({ value }) => value), 0.01), 4);
  const max = values.at(-1) as number;
  const y = (value: number) => top + (1 - value / max) * (plotHeight - top);
  const name = (value: number) => (unit === 'ms' ? duration(value) : `${short(value)} ${unit}`);
  return chart(
    series.map(({ name: path, rounds = [] }) => `${path}: ${rounds.length} rounds`).join('; '),
    height,
    ...grid(values, y, name),
    ...all.map(({ second, value, i }) => dot(i, share(x(second)), short(y(value)))),
    ...alongX(
      ticks(seconds, 4).filter((second) => second <= seconds),
      x,
      (second) => `${short(second)} s`,
    ),
  );
}

/** Paths are told apart by shape as well as by colour. */
function dot(series: number, x: string, y: number): string {
  const shapes = ['M-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0', 'M-5,-5h10v10h-10z', 'M0,-6L6,5H-6z'];
  return element('svg', { x, y, overflow: 'visible' }, pathMark(series, shapes[series % shapes.length] as string));
}

const pathMark = (series: number, d: string): string => element('path', { class: `mark series-${series}`, d });

/** The mark of a path, for the key of the chart of rounds. */
export function roundMark(series: number): string {
  return dot(series, '50%', 6);
}

/** What was due and what was answered in each step of a ramp. */
export function rampChart(series: readonly LoadSeries[]): string {
  const all = series.map(({ steps = [] }) => steps);
  const most = Math.max(1, ...all.flat().map(({ due }) => due));
  const y = (rate: number) => top + (1 - rate / most) * (plotHeight - top);
  const lines = all.map((steps, i) => ({
    class: `curve p95 series-${i}`,
    points: steps.map(({ due, answered }): [number, number] => [due / most, Math.min(1, answered / most)]),
  }));
  const values = ticks(most, 4).filter((rate) => rate <= most);
  return chart(
    'Requests a second: due from left to right, answered upwards',
    height,
    ...grid(values, y, (rate) => `${short(rate)} answered`),
    curves(
      top,
      plotHeight - top,
      {
        class: 'ideal',
        points: [
          [0, 0],
          [1, 1],
        ],
      },
      ...lines.toReversed(),
    ),
    ...alongX(
      values,
      (rate) => rate / most,
      (rate) => `${short(rate)} due`,
    ),
  );
}

/**
 * A difference as a point within its interval, on an axis that all `differences` share, with zero marked: an interval
 * that holds zero says that there may be none. What it says in words stands beside it, as text that can wrap.
 */
export function intervalChart(one: LoadDifference, differences: readonly LoadDifference[], said: string): string {
  const low = Math.min(0, ...differences.map((each) => each.low));
  const high = Math.max(0, ...differences.map((each) => each.high));
  const x = (value: number) => 0.02 + (0.96 * (value - low)) / (high - low || 1);
  const zero = {
    class: 'axis',
    x: share(x(0)),
    y: 34,
    'text-anchor': x(0) < 0.2 ? 'start' : x(0) > 0.8 ? 'end' : 'middle',
  };
  return chart(
    said,
    38,
    element('line', { class: 'grid zero', x1: share(x(0)), x2: share(x(0)), y1: 0, y2: 22 }),
    label('no difference', zero),
    element('line', { class: 'interval', x1: share(x(one.low)), x2: share(x(one.high)), y1: 10, y2: 10 }),
    element('circle', { class: 'mean', cx: share(x(one.mean)), cy: 10, r: 5 }),
  );
}
