/**
 * Every request on a connection of its own, at a constant rate: each takes the Service path anew. Environment:
 * common.ts.
 *
 *   k6 run -e TARGETS=10.96.12.7:80 -e RATE=200 -e DURATION=30s load/scripts/connect-per-request.ts
 */

import { constantRate, optionsFor } from './common.ts';

export { askNext as default, setup } from './common.ts';

export const options = optionsFor('connect-per-request', constantRate(100), {
  noConnectionReuse: true,
});
