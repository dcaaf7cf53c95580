/**
 * A moderate constant rate for a long time, each request on a connection of its own: what runs full (connection
 * tracking, ephemeral ports, memory of an agent) shows after minutes, not seconds. Environment: common.ts.
 *
 *   k6 run -e TARGETS=10.96.12.7:80 -e DURATION=2h load/scripts/soak.ts
 */

import { ask, constantRate, durationOr, kind, nextTarget, optionsFor, rateOr, untilAnswered } from './common.ts';

export const options = optionsFor('soak', constantRate(rateOr(50), durationOr('10m')), { noConnectionReuse: true });

export const setup = (): void => untilAnswered();

export default function (): void {
  ask(kind, nextTarget());
}
