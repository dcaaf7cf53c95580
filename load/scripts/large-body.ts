/**
 * Answers of 1 MB, on connections that stay open: throughput in place of packets, and the MTU of the whole path.
 * Environment: common.ts.
 *
 *   k6 run -e TARGETS=10.96.12.7:80 -e RATE=20 load/scripts/large-body.ts
 */

import { ask, constantRate, durationOr, kind, nextTarget, optionsFor, rateOr, untilAnswered } from './common.ts';

export const options = optionsFor('large-body', constantRate(rateOr(10), durationOr('20s')));

export const setup = (): void => untilAnswered();

export default function (): void {
  ask(kind, nextTarget(), { path: '/large' });
}
