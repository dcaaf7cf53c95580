import { duration } from '../format.ts';
import type { Load, LoadDifference, LoadSeries } from '../model.ts';
import { level, secondsAxis, upright, xAxis, yAxis } from './axes.ts';
import { chart, curves, element, label, share, short } from './element.ts';
import { ticks, timeScale, timeTicksUpTo } from './scale.ts';

const bottom = 20;
const plotHeight = 160;
/** Room for the name of the highest grid line. */
const top = 16;
const height = plotHeight + bottom;

const upTo = (most: number) => (value: number) => top + (1 - value / most) * (plotHeight - top);

/** The share of requests that were answered within so many milliseconds, for every path. */
export function distributionChart({ series }: Load): string {
  const all = series.map(({ distribution = [] }) => distribution);
  const most = Math.max(1, ...all.flat().map(([, ms]) => ms));
  const scale = timeScale(most);
  const times = timeTicksUpTo(most).filter((ms) => scale(ms) <= 1);
  const lines = all.map((points, i) => ({
    class: `curve p95 series-${i}`,
    points: points.map(([part, ms]): [number, number] => [Math.min(1, scale(ms)), part]),
  }));
  const said = series.map(
    ({ name, latency: { p50, p99 } }) => `${name} half within ${duration(p50)}, 99 % within ${duration(p99)}`,
  );
  return chart(
    `Share of requests answered within a time: ${said.join('; ')}`,
    height,
    ...yAxis([0, 0.25, 0.5, 0.75, 1], (part) => `${100 * part} %`, upTo(1)),
    curves(top, plotHeight - top, ...lines.toReversed()),
    ...xAxis(times, duration, scale, height - 5),
  );
}

/** The figure of every round of every path, when it was taken. */
export function roundsChart({ series }: Load, unit: string): string {
  const all = series.flatMap(({ rounds = [] }, i) => rounds.map((round) => ({ ...round, i })));
  const seconds = Math.max(1, ...all.map(({ second }) => second));
  // marks keep clear of the names on the left
  const x = (second: number) => 0.05 + (0.93 * second) / seconds;
  const values = ticks(Math.max(...all.map(({ value }) => value), 0.01), 4);
  const y = upTo(values.at(-1) as number);
  const name = (value: number) => (unit === 'ms' ? duration(value) : `${short(value)} ${unit}`);
  return chart(
    series.map(({ name: path, rounds = [] }) => `${path}: ${rounds.length} rounds`).join('; '),
    height,
    ...yAxis(values, name, y),
    ...all.map(({ second, value, i }) => dot(i, share(x(second)), short(y(value)))),
    ...secondsAxis(seconds, x, height - 5),
  );
}

/** Paths are told apart by shape as well as by colour. */
function dot(series: number, x: string, y: number): string {
  const shapes = ['M-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0', 'M-5,-5h10v10h-10z', 'M0,-6L6,5H-6z'];
  const mark = element('path', { class: `mark series-${series}`, d: shapes[series % shapes.length] });
  return element('svg', { x, y, overflow: 'visible' }, mark);
}

/** The mark of a path, for the key of the chart of rounds. */
export const roundMark = (series: number): string => dot(series, '50%', 6);

/** Where all that is due is answered. */
const ideal = { class: 'ideal', points: [0, 1].map((share): [number, number] => [share, share]) };

/** What was due and what was answered in each step of a ramp. */
export function rampChart(series: readonly LoadSeries[]): string {
  const all = series.map(({ steps = [] }) => steps);
  const most = Math.max(1, ...all.flat().map(({ due }) => due));
  const lines = all.map((steps, i) => ({
    class: `curve p95 series-${i}`,
    points: steps.map(({ due, answered }): [number, number] => [due / most, Math.min(1, answered / most)]),
  }));
  const values = ticks(most, 4).filter((rate) => rate <= most);
  const x = (rate: number) => rate / most;
  return chart(
    'Requests a second: due from left to right, answered upwards',
    height,
    ...yAxis(values, (rate) => `${short(rate)} answered`, upTo(most)),
    curves(top, plotHeight - top, ideal, ...lines.toReversed()),
    ...xAxis(values, (rate) => `${short(rate)} due`, x, height - 5),
  );
}

/** A difference as a point within its interval, on an axis that all `differences` share, with zero marked. */
export function intervalChart(one: LoadDifference, differences: readonly LoadDifference[], said: string): string {
  const low = Math.min(0, ...differences.map((each) => each.low));
  const high = Math.max(0, ...differences.map((each) => each.high));
  const x = (value: number) => 0.02 + (0.96 * (value - low)) / (high - low || 1);
  const zero = x(0);
  const anchor = zero < 0.2 ? 'start' : zero > 0.8 ? 'end' : 'middle';
  return chart(
    said,
    38,
    upright('grid zero', share(zero), 0, 22),
    label('no difference', { class: 'axis', x: share(zero), y: 34, 'text-anchor': anchor }),
    level('interval', 10, share(x(one.low)), share(x(one.high))),
    element('circle', { class: 'mean', cx: share(x(one.mean)), cy: 10, r: 5 }),
  );
}
