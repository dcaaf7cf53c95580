/**
 * Answers of 1 MB, on connections that stay open: throughput in place of packets, and the MTU of the whole path.
 * Environment: common.ts.
 *
 *   k6 run -e TARGETS=10.96.12.7:80 -e RATE=20 load/scripts/large-body.ts
 */

import { ask, constantRate, kind, nextTarget, optionsFor } from './common.ts';

export { setup } from './common.ts';

export const options = optionsFor('large-body', constantRate(10));

export default function (): void {
  ask(kind, nextTarget(), { path: '/large' });
}
