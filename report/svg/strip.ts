import { spread, type Timing } from '../figures.ts';
import { duration } from '../format.ts';
import { escapeHtml } from '../safe.ts';
import { upright } from './axes.ts';
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

/** Every timing as a dot on one line, stacked where they meet, before their spread. `max`: the end of the axis. */
export function strip(title: string, timings: readonly Dot[], max: number): string {
  const scale = timeScale(max);
  const { p50, p95, max: worst, count } = spread(timings.map(({ ms }) => ms));
  const x = (ms: number) => share(place(scale(ms)));
  const said =
    `${title}: ${count} measured, median ${duration(p50)}, 95th percentile ${duration(p95)}, longest ` +
    duration(worst);
  const width = share((scale(p95) - scale(p50)) * (1 - 2 * inset));
  return chart(
    said,
    height,
    ...axis(scale, max),
    element('rect', { class: 'band', x: x(p50), y: middle - halfLane, width, height: 2 * halfLane, rx: 3 }),
    ...dots(timings, scale),
    upright('marker p50', x(p50), middle - halfLane, middle + halfLane),
    upright('marker p95', x(p95), middle - halfLane, middle + halfLane),
  );
}

function axis(scale: (ms: number) => number, max: number): string[] {
  return timeTicksUpTo(max).flatMap((ms, i, all) => {
    const x = share(place(scale(ms)));
    const anchor = i === 0 ? 'start' : i === all.length - 1 && scale(ms) > 0.93 ? 'end' : 'middle';
    // odd ticks have no room on a phone, where the style sheet leaves their words out
    const name = (all.length - i) % 2 === 0 ? 'axis minor' : 'axis';
    return [
      upright('grid', x, middle - halfLane - 4, middle + halfLane + 4),
      label(duration(ms), { class: name, x, y: height - 6, 'text-anchor': anchor }),
    ];
  });
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
