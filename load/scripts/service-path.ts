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
import type { RefinedResponse, ResponseType } from 'k6/http';
import http from 'k6/http';
import { Counter } from 'k6/metrics';
import type { Options } from 'k6/options';

const serviceUrl = __ENV.SERVICE_URL;
if (!serviceUrl) throw new Error('SERVICE_URL is missing: k6 run -e SERVICE_URL=http://ADDRESS/ service-path.ts');
const path = serviceUrl.replace(/^https?:\/\/[^/]+/, '') || '/';
const directPort = Number(__ENV.DIRECT_PORT ?? 8080);
const rate = Number(__ENV.RATE ?? 100);
const timeoutMs = Number(__ENV.TIMEOUT_MS ?? 2000);
const reuse = __ENV.REUSE === '1';
const record = __ENV.RECORD === '1';

export const options: Options = {
  noConnectionReuse: !reuse,
  discardResponseBodies: true,
  summaryTrendStats: ['min', 'med', 'p(90)', 'p(95)', 'p(99)', 'max'],
  thresholds: { 'http_req_failed{path:service}': ['rate==0'], 'http_req_failed{path:direct}': ['rate<=1'] },
  setupTimeout: '40s',
  scenarios: {
    'service-path': {
      executor: 'constant-arrival-rate',
      rate,
      timeUnit: '1s',
      duration: __ENV.DURATION ?? '20s',
      // k6 makes others only while it already runs late
      preAllocatedVUs: Math.ceil(rate / 2),
      // enough that the rate holds even while every request runs into its timeout
      maxVUs: Math.ceil((rate * 2 * timeoutMs) / 1000) + 10,
      // the last requests get their full time: a request cut off by the end of the test would be missing in the account
      gracefulStop: `${2 * timeoutMs + 1000}ms`,
    },
  },
};

/** Requests that began: k6 itself counts those alone that have ended. */
const begun = new Counter('netvet_begun');

/** The Pod that answered this virtual user last, and when. A Pod drains for seconds: one seen just now still serves. */
let lastPod: { address: string; seen: number } | undefined;
const freshMs = 500;

function ask(kind: 'control' | 'service' | 'direct', url: string): RefinedResponse<ResponseType | undefined> {
  const started = Date.now();
  begun.add(1);
  const response = http.get(url, {
    timeout: timeoutMs,
    redirects: 0,
    headers: { 'x-netvet-load': kind },
    tags: { path: kind, name: kind },
  });
  if (record) {
    const { connecting, sending, waiting, receiving } = response.timings;
    // from the first SYN to the last byte; the name's look-up and k6's own queue are not the network's doing
    const ms = response.status === 0 ? Date.now() - started : connecting + sending + waiting + receiving;
    const process = response.headers['X-Served-By'] ?? '-';
    const { status, error_code: code, error } = response;
    console.log(`request ${kind} ${started} ${status} ${code} ${ms.toFixed(3)} ${process} ${error}`);
  }
  return response;
}

function askService(): void {
  const address = ask('service', serviceUrl as string).headers['X-Pod-Ip'];
  lastPod = address ? { address, seen: Date.now() } : undefined;
}

function askPod(): void {
  if (lastPod) ask('direct', `http://${lastPod.address}:${directPort}${path}`);
}

/**
 * The load begins once the Service answers: how long a network takes to set up a new Service is another question. These
 * requests are of a kind of their own, and in the account like all others.
 */
export function setup(): void {
  const giveUpAt = Date.now() + 30_000;
  for (let inARow = 0; inARow < 10; ) {
    inARow = ask('control', serviceUrl as string).status === 200 ? inARow + 1 : 0;
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
