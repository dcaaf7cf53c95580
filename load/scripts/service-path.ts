/**
 * The Service path at a constant arrival rate: each iteration asks through the Service and then asks the same Pod, the
 * one that has just answered, at its own address. The two form a pair that saw the same Pod at the same moment, so
 * their difference is the Service path and nothing else. Every second pair is asked in the other order, because whoever
 * comes second finds the server's caches warm.
 *
 *   k6 run -e SERVICE_URL=http://10.96.12.7/hello load/scripts/service-path.ts
 *
 * SERVICE_URL  what to ask through the Service (required)
 * DIRECT_PORT  the Pods' own port; 0 asks through the Service only (default 8080). The Pod's address comes from the
 *              answer's x-pod-ip header, the name of its process from x-served-by.
 * RATE         iterations a second (default 100: 200 requests a second)
 * DURATION     how long (default 20s)
 * TIMEOUT_MS   when a request counts as lost (default 2000)
 * REUSE        1 keeps connections open between requests; default 0: a connection for each request. With reuse
 *              a request travels to the endpoint chosen when its connection was made (grafana/k6#3466).
 * RECORD       1 prints one line per request, for netvet's exact account (load/records.ts). A line of our own because
 *              k6's outputs write nine samples per request: at 10 MiB a container's log is rotated away (the kubelet's
 *              containerLogMaxSize).
 */

import { sleep } from 'k6';
import { Counter } from 'k6/metrics';
import { constantRate, get, optionsFor, rateOr, timeoutMs } from './common.ts';

const serviceUrl = __ENV.SERVICE_URL as string;
if (!serviceUrl) throw new Error('SERVICE_URL is missing: k6 run -e SERVICE_URL=http://ADDRESS/ service-path.ts');
const path = serviceUrl.replace(/^https?:\/\/[^/]+/, '') || '/';
const directPort = Number(__ENV.DIRECT_PORT ?? 8080);
const rate = rateOr(100);

/** Not in the catalogue: it is given SERVICE_URL and no TARGETS. */
const name = 'service-path';

export const options = optionsFor(
  name,
  {
    ...constantRate(rate),
    // two requests an iteration, one after the other
    maxVUs: Math.ceil((rate * 2 * timeoutMs) / 1000) + 10,
    gracefulStop: `${2 * timeoutMs + 1000}ms`,
  },
  {
    noConnectionReuse: __ENV.REUSE !== '1',
    thresholds: { 'http_req_failed{path:service}': ['rate==0'], 'http_req_failed{path:direct}': ['rate<=1'] },
  },
);

/** Requests that began: k6 itself counts those alone that have ended. */
const begun = new Counter('netvet_begun');

/** The Pod that answered this virtual user last, and when. A Pod drains for seconds: one seen just now still serves. */
let lastPod: { address: string; seen: number } | undefined;
const freshMs = 500;

function ask(kind: 'control' | 'service' | 'direct', url: string): ReturnType<typeof get> {
  begun.add(1);
  return get(kind, url);
}

function askService(): void {
  const address = ask('service', serviceUrl).headers['X-Pod-Ip'];
  lastPod = address ? { address, seen: Date.now() } : undefined;
}

function askPod(): void {
  if (lastPod) ask('direct', `http://${lastPod.address}:${directPort}${path}`);
}

/** The load begins once the Service answers; these requests are of a kind of their own, and in the account too. */
export function setup(): void {
  const giveUpAt = Date.now() + 30_000;
  for (let inARow = 0; inARow < 10; ) {
    inARow = ask('control', serviceUrl).status === 200 ? inARow + 1 : 0;
    if (Date.now() > giveUpAt) throw new Error(`${serviceUrl} does not answer, and the load has not begun`);
    sleep(0.05);
  }
}

export default function (): void {
  const podFirst = directPort > 0 && __ITER % 2 === 1 && lastPod !== undefined && Date.now() - lastPod.seen < freshMs;
  if (podFirst) askPod();
  askService();
  if (!podFirst && directPort > 0) askPod();
}
