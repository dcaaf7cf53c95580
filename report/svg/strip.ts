import type { Timing } from '../figures.ts';
import { spread } from '../figures.ts';
import { duration } from '../format.ts';
import { escapeHtml } from '../safe.ts';
import { chart, element, label, share, short } from './element.ts';
import { timeScale, timeTicksUpTo } from './scale.ts';

const height = 104;
const middle = 44;
const halfLane = 32;
const radius = 4;
const bins = 64;
/** Dots at the ends stay whole. */
const inset = 0.015;
const place = (x: number) => inset + x * (1 - 2 * inset);

/** A timing, as far as a strip shows it. */
type Dot = Pick<Timing, 'ms' | 'scenario'>;

/**
 * Every timing as a dot on one line, dots that would meet stacked, with the spread behind them. `max` is the end of the
 * axis.
 */
export function strip(title: string, timings: readonly Dot[], max: number): string {
  const scale = timeScale(max);
  const { p50, p95, max: worst, count } = spread(timings.map(({ ms }) => ms));
  const x = (ms: number) => share(place(scale(ms)));
  const said =
    `${title}: ${count} measured, median ${duration(p50)}, 95th percentile ${duration(p95)}, longest ` +
    duration(worst);
  return chart(
    said,
    height,
    ...axis(scale, max),
    band(x, scale, p50, p95),
    ...dots(timings, scale),
    marker(x(p50), 'p50'),
    marker(x(p95), 'p95'),
  );
}

function axis(scale: (ms: number) => number, max: number): string[] {
  return timeTicksUpTo(max).flatMap((ms, i, all) => {
    const x = share(place(scale(ms)));
    const anchor = i === 0 ? 'start' : i === all.length - 1 && scale(ms) > 0.93 ? 'end' : 'middle';
    // odd ticks have no room on a phone, where the style sheet leaves their words out
    const name = (all.length - i) % 2 === 0 ? 'axis minor' : 'axis';
    return [
      element('line', { class: 'grid', x1: x, x2: x, y1: middle - halfLane - 4, y2: middle + halfLane + 4 }),
      label(duration(ms), { class: name, x, y: height - 6, 'text-anchor': anchor }),
    ];
  });
}

function band(x: (ms: number) => string, scale: (ms: number) => number, p50: number, p95: number): string {
  const width = (scale(p95) - scale(p50)) * (1 - 2 * inset);
  return element('rect', {
    class: 'band',
    x: x(p50),
    y: middle - halfLane,
    width: share(width),
    height: 2 * halfLane,
    rx: 3,
  });
}

function marker(x: string, name: string): string {
  return element('line', { class: `marker ${name}`, x1: x, x2: x, y1: middle - halfLane, y2: middle + halfLane });
}

function dots(timings: readonly Dot[], scale: (ms: number) => number): string[] {
  const sorted = timings.toSorted((a, b) => a.ms - b.ms);
  const stacks = Map.groupBy(sorted, ({ ms }) => Math.round(scale(ms) * bins));
  return [...stacks.values()].flatMap((stack) => {
    // dots of one stack that do not fit side by side overlap evenly
    const step = Math.min(2 * radius + 1, (2 * halfLane - 2 * radius) / Math.max(1, stack.length - 1));
    return stack.map(({ ms, scenario }, i) => {
      const offset = (i % 2 === 0 ? 1 : -1) * Math.ceil(i / 2) * step;
      const dot = { class: 'dot', cx: share(place(scale(ms))), cy: short(middle + offset), r: radius };
      return element('circle', dot, `<title>${escapeHtml(`${scenario}: ${duration(ms)}`)}</title>`);
    });
  });
}
