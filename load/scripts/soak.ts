/**
 * A moderate constant rate for a long time, each request on a connection of its own: what runs full (connection
 * tracking, ephemeral ports, memory of an agent) shows after minutes, not seconds. Environment: common.ts.
 *
 *   k6 run -e TARGETS=10.96.12.7:80 -e DURATION=2h load/scripts/soak.ts
 */

import { constantRate, optionsFor } from './common.ts';

export { askNext as default, setup } from './common.ts';

export const options = optionsFor('soak', constantRate(50, '10m'), { noConnectionReuse: true });
