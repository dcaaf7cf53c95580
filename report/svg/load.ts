import { sum } from '../figures.ts';
import { count, duration } from '../format.ts';
import type { Load, LoadPoint, LoadSeries } from '../model.ts';
import { escapeHtml } from '../safe.ts';
import { level, secondsAxis, yAxis } from './axes.ts';
import { chart, curves, element, label, share, short } from './element.ts';
import { timeline } from './events.ts';
import { ticks } from './scale.ts';

const bottom = 20;
const plotHeight = 198;
const roomForCounts = 22;

/** The seconds that a load took: its axis from left to right. */
function span({ series, events }: Load): number {
  const seconds = [
    ...series.flatMap(({ points }) => points.map(({ second }) => second + 1)),
    ...events.map(({ second }) => second),
  ];
  return Math.max(1, ...seconds);
}

/** A second in which nothing was answered has no latency: the curve has a gap there. */
function stretches(points: readonly LoadPoint[]): LoadPoint[][] {
  const all: LoadPoint[][] = [[]];
  for (const point of points) {
    if (point.sent > point.lost) all.at(-1)?.push(point);
    else all.push([]);
  }
  return all.filter((some) => some.length > 0);
}

/** p50 and p95 of every series over time. Series are told apart by their stroke as well as by their colour. */
export function latencyChart(load: Load): string {
  const seconds = span(load);
  const meanwhile = timeline(load, seconds);
  const top = meanwhile.height;
  const height = top + plotHeight + bottom;
  const answered = load.series.map(({ points }) => stretches(points));
  const highest = Math.max(...answered.flat(2).flatMap(({ p50, p95 }) => [p50, p95]), 0.01);
  const values = ticks(highest, 4);
  const max = values.at(-1) as number;
  const curve = (name: string, points: LoadPoint[], value: (point: LoadPoint) => number) => ({
    class: name,
    points: points.map((point): [number, number] => [(point.second + 0.5) / seconds, value(point) / max]),
  });
  const lines = answered.flatMap((all, i) =>
    all.flatMap((some) => [
      curve(`curve p50 series-${i}`, some, ({ p50 }) => p50),
      curve(`curve p95 series-${i}`, some, ({ p95 }) => p95),
    ]),
  );
  const figures = load.series.map(
    ({ name, latency }) => `${name} p50 ${duration(latency.p50)}, p95 ${duration(latency.p95)}`,
  );
  return chart(
    `Latency over ${short(seconds)} s: ${figures.join('; ')}`,
    height,
    ...yAxis(values, duration, (value) => top + (1 - value / max) * plotHeight),
    ...meanwhile.draw(height - bottom, true),
    curves(top, plotHeight, ...lines.toReversed()),
    ...secondsAxis(seconds, (second) => second / seconds, height - 5),
  );
}

/** Requests sent in every second, and those that were lost, numbered: one in thousands must not be overlooked. */
export function rateChart(load: Load, series: LoadSeries): string {
  const height = 92;
  const seconds = span(load);
  const highest = Math.max(1, ...series.points.map(({ sent }) => sent));
  const floor = height - bottom;
  const scale = (floor - roomForCounts) / highest;
  const bars = series.points.flatMap(({ second, sent, lost }) => {
    const place = { x: share((second + 0.2) / seconds), width: share(0.6 / seconds) };
    const tall = Math.max(1, sent * scale);
    const bar = element('rect', { class: 'sent', ...place, y: short(floor - tall), height: short(tall) });
    if (lost === 0) return [bar];
    const lostTall = Math.max(3, lost * scale);
    return [
      bar,
      element(
        'rect',
        { class: 'lost', ...place, y: short(floor - lostTall), height: short(lostTall) },
        `<title>${escapeHtml(`${short(second)} s: ${count(lost)} lost`)}</title>`,
      ),
      label(count(lost), {
        class: 'lost-text',
        x: share((second + 0.5) / seconds),
        y: short(floor - tall - 5),
        'text-anchor': 'middle',
      }),
    ];
  });
  const total = sum(series.points.map(({ lost }) => lost));
  const said =
    `${series.name}: about ${count(highest)} requests sent every second, ` +
    (total === 0 ? 'none lost' : `${count(total)} lost`);
  return chart(
    said,
    height,
    ...timeline(load, seconds).draw(floor, false),
    ...bars,
    level('grid zero', floor),
    ...secondsAxis(seconds, (second) => second / seconds, height - 5),
  );
}
