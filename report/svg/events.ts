import type { Load } from '../model.ts';
import { escapeHtml } from '../safe.ts';
import { upright } from './axes.ts';
import { element, label, share, short } from './element.ts';

const radius = 8;
const laneHeight = 18;
const most = 4;
/** Badges nearer than this share of the width would touch on a phone. */
const apart = 0.055;

/** Events of a load laid out over its span: their numbers above the plot, in as many lanes as keep them apart. */
export function timeline({ events }: Load, seconds: number) {
  const ends: number[] = [];
  const placed = events.map(({ second, label: what }) => {
    // what happened just before the first request or after the last is drawn at the edge
    const x = Math.min(1, Math.max(0, second / seconds));
    const free = ends.findIndex((end) => x - end >= apart);
    const lane = free >= 0 ? free : Math.min(ends.length, most - 1);
    ends[lane] = x;
    return { x, lane, title: `${short(second)} s: ${what}` };
  });
  const height = Math.max(1, ends.length) * laneHeight + 4;
  return {
    /** Pixels that the numbers take. */
    height,
    /** The lines down to `floor`, each with its number where `numbered`. */
    draw: (floor: number, numbered: boolean): string[] =>
      placed.map(({ x, lane, title }, i) => {
        const y = lane * laneHeight + radius + 1;
        const said = `<title>${escapeHtml(title)}</title>`;
        if (!numbered) return element('g', {}, said, upright('event', share(x), 0, floor));
        const circle = element('circle', { class: 'badge', cx: share(x), cy: y, r: radius });
        const number = label(String(i + 1), { class: 'badge-text', x: share(x), y: y + 3.5, 'text-anchor': 'middle' });
        return element('g', {}, said, upright('event', share(x), y + radius, floor), circle, number);
      }),
  };
}
