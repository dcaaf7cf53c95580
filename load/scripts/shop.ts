/**
 * Visitors of the shop: most open its page, which the frontend makes with rows from the database behind a second
 * Service, some ask for a page without rows. Each visit is on a connection of its own. Environment: common.ts.
 *
 *   k6 run -e TARGETS=10.96.12.7:80 load/scripts/shop.ts
 */

import { ask, constantRate, kind, nextTarget, optionsFor, untilAnswered } from './common.ts';

/** Of ten visits, how many are to the page with rows. */
const withRows = 7;

export const options = optionsFor('shop', constantRate(10), { noConnectionReuse: true });

export const setup = (): void => untilAnswered({ path: '/' });

export default function (): void {
  ask(kind, nextTarget(), { path: Math.random() * 10 < withRows ? '/' : '/hello' });
}
