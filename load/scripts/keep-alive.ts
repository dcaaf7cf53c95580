/**
 * Connections stay open between requests, at a constant rate: a request travels to the endpoint that was chosen when
 * its connection was made, and what is measured is the path of an established connection. Environment: common.ts.
 *
 *   k6 run -e TARGETS=10.96.12.7:80 -e RATE=500 -e DURATION=30s load/scripts/keep-alive.ts
 */

import { constantRate, optionsFor } from './common.ts';

export { askNext as default, setup } from './common.ts';

export const options = optionsFor('keep-alive', constantRate(200));
