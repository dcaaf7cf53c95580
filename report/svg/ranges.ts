import { duration } from '../format.ts';
import { chart, element, label, share } from './element.ts';
import { ticks } from './scale.ts';

export interface RangeLine {
  name: string;
  min: number;
  median: number;
  max: number;
}

const lane = 22;
const bottom = 22;
const inset = 0.012;

/**
 * One line per column: from the least to the most over its runs, with the median as a dot. Names stand in the table
 * beside it. `top` is the end of the axis, in milliseconds.
 */
export function ranges(title: string, lines: readonly RangeLine[], top: number): string {
  const values = ticks(top, 4);
  const end = values.at(-1) as number;
  const x = (ms: number) => share(inset + (Math.min(ms, end) / end) * (1 - 2 * inset));
  const floor = lines.length * lane;
  const grid = values.flatMap((ms, i) => [
    element('line', { class: ms === 0 ? 'grid zero' : 'grid', x1: x(ms), x2: x(ms), y1: 0, y2: floor }),
    label(duration(ms), {
      class: 'axis',
      x: x(ms),
      y: floor + bottom - 6,
      'text-anchor': i === 0 ? 'start' : i === values.length - 1 ? 'end' : 'middle',
    }),
  ]);
  const drawn = lines.flatMap(({ min, median, max }, i) => {
    const y = i * lane + lane / 2;
    return [
      element('line', { class: 'range', x1: x(min), x2: x(max), y1: y, y2: y }),
      element('circle', { class: 'median', cx: x(median), cy: y, r: 5 }),
    ];
  });
  const said = lines.map(({ name, min, median, max }) =>
    min === max ? `${name} ${duration(median)}` : `${name} ${duration(median)} (${duration(min)} to ${duration(max)})`,
  );
  return chart(`${title}: ${said.join('; ')}`, floor + bottom, ...grid, ...drawn);
}
