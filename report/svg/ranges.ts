import { duration } from '../format.ts';
import { level, upright, xAxis } from './axes.ts';
import { chart, element, share } from './element.ts';
import { ticks } from './scale.ts';

type Line = { name: string; min: number; median: number; max: number };

const lane = 22;
const bottom = 22;
const inset = 0.012;

/** A line per column, from the least to the most, the median as a dot. `top`: the end of the axis, in milliseconds. */
export function ranges(title: string, lines: readonly Line[], top: number): string {
  const values = ticks(top, 4);
  const end = values.at(-1) as number;
  const x = (ms: number) => inset + (Math.min(ms, end) / end) * (1 - 2 * inset);
  const floor = lines.length * lane;
  const grid = values.map((ms) => upright(ms === 0 ? 'grid zero' : 'grid', share(x(ms)), 0, floor));
  const names = xAxis(values, duration, x, floor + bottom - 6);
  const drawn = lines.flatMap(({ min, median, max }, i) => {
    const y = i * lane + lane / 2;
    const dot = element('circle', { class: 'median', cx: share(x(median)), cy: y, r: 5 });
    return [level('range', y, share(x(min)), share(x(max))), dot];
  });
  const said = lines.map(({ name, min, median, max }) =>
    min === max ? `${name} ${duration(median)}` : `${name} ${duration(median)} (${duration(min)} to ${duration(max)})`,
  );
  return chart(`${title}: ${said.join('; ')}`, floor + bottom, ...grid, ...names, ...drawn);
}
