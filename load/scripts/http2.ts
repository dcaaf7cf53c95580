/**
 * HTTP/2 over TLS, which is the only HTTP/2 that k6 speaks, at a constant rate; the certificate is not checked. An
 * answer over another version of HTTP counts as none. Environment: common.ts.
 *
 *   k6 run -e TARGETS=10.96.12.7:443 load/scripts/http2.ts
 */

import { ask, constantRate, kind, nextTarget, optionsFor, untilAnswered } from './common.ts';

export const options = optionsFor('http2', constantRate(100), {
  insecureSkipTLSVerify: true,
});

export const setup = (): void => untilAnswered({ http2: true });

export default function (): void {
  ask(kind, nextTarget(), { http2: true });
}
