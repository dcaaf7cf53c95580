/**
 * The rate rises in equal steps up to RATE: where latency bends upwards, or requests that are due can no longer be
 * sent, is the knee (load/knee.ts). Every request is on a connection of its own. Environment: common.ts, and
 * STEPS  how many (default 8); each takes an equal share of DURATION
 *
 *   k6 run -e TARGETS=10.96.12.7:80 -e RATE=4000 -e STEPS=10 -e DURATION=60s load/scripts/ramp.ts
 */

import { durationOr, gracefulStop, optionsFor, rateOr, usersFor } from './common.ts';

export { askNext as default, setup } from './common.ts';

const rate = rateOr(1600);
const steps = Number(__ENV.STEPS ?? 8);
const stepMs = Math.round((Number.parseFloat(durationOr('16s')) * 1000) / steps);

/** A step: there at once, and held. */
const step = (_: unknown, i: number) => {
  const target = Math.round((rate * (i + 1)) / steps);
  return [
    { target, duration: '0s' },
    { target, duration: `${stepMs}ms` },
  ];
};

export const options = optionsFor(
  'ramp',
  {
    executor: 'ramping-arrival-rate',
    startRate: Math.round(rate / steps),
    timeUnit: '1s',
    stages: Array.from({ length: steps }, step).flat(),
    gracefulStop,
    // a rate beyond the knee would otherwise ask for users without end
    ...usersFor(Math.min(rate, 400)),
  },
  { noConnectionReuse: true, thresholds: {} },
);
