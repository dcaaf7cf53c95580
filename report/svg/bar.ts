import { sum } from '../figures.ts';
import { element, short } from './element.ts';

const gap = 0.5;
/** However few they are, they are seen. */
const least = 1.2;

/** Shares of a whole as one bar, in the order given, each of the class `b-name`; words stand beside it. */
export function proportions(parts: readonly (readonly [name: string, number])[]): string {
  const present = parts.filter(([, number]) => number > 0);
  const total = sum(present.map(([, number]) => number));
  const wanted = present.map(([, number]) => Math.max(least, (100 * number) / total));
  const room = 100 - gap * (present.length - 1);
  let x = 0;
  const rects = present.map(([status], i) => {
    const width = ((wanted[i] as number) * room) / sum(wanted);
    const place = { x: `${short(x)}%`, width: `${short(width)}%`, height: '100%' };
    x += width + gap;
    return element('rect', { class: `b-${status}`, ...place });
  });
  return element('svg', { class: 'proportions', width: '100%', height: 10, 'aria-hidden': 'true' }, ...rects);
}
