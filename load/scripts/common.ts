/**
 * What the scripts beside this file share. Each of them loads one address, or several in turn, and knows nothing of
 * what is behind: `netvet load` gives the same script the Service's address in one round and the Pods' own in the next.
 *
 * Environment of every script, given as `k6 run -e NAME=VALUE load/scripts/keep-alive.ts`:
 * TARGETS     HOST:PORT, or several with commas between them, asked in turn (required)
 * KIND        what these requests are counted under, a header that the backends count by (default service)
 * RATE        requests a second; ramp.ts: at its end (default: each script's own)
 * DURATION    how long, e.g. 30s (default: each script's own)
 * TIMEOUT_MS  when a request counts as lost (default 2000)
 * RECORD      1 prints one line per request, for netvet's exact account (load/records.ts)
 */

import { sleep } from 'k6';
import exec from 'k6/execution';
import http from 'k6/http';
import { Counter } from 'k6/metrics';
import type { ConstantArrivalRateScenario, Options, Scenario } from 'k6/options';

export const targets: string[] = __ENV.TARGETS?.split(',') ?? [];
export const kind = __ENV.KIND ?? 'service';
export const timeoutMs = Number(__ENV.TIMEOUT_MS ?? 2000);
const recorded = __ENV.RECORD === '1';

/** What is asked for, else what is usual. */
export const rateOr = (usual: number): number => Number(__ENV.RATE ?? usual);
export const durationOr = (usual: string): string => __ENV.DURATION ?? usual;

/** The header by which backends count. */
export const counting = (as: string): Record<string, string> => ({ 'x-netvet-load': as });

/** The target whose turn it is: every virtual user counts on from where the others are. */
export const nextTarget = (): string => targets[exec.scenario.iterationInTest % targets.length] as string;

/** Milliseconds since the test began, with their fractions, which Date.now() has not: k6 has no performance.now(). */
export const clockMs = (): number => exec.instance.currentTestRunDuration;

/** Requests that k6 does not count as HTTP ones: messages over WebSocket, calls over gRPC. */
const messages = new Counter('netvet_messages');

/** One request that has ended, in the words of load/records.ts. `status`: of HTTP; 0 when there was no answer. */
export interface Ended {
  kind: string;
  startedMs: number;
  status: number;
  code?: number;
  ms: number;
  /** POD/ID of the process that answered. */
  process?: string | undefined;
  error?: string;
}

export function record({ kind: as, startedMs, status, code = 0, ms, process = '-', error = '' }: Ended): void {
  if (recorded) console.log(`request ${as} ${startedMs} ${status} ${code} ${ms.toFixed(3)} ${process} ${error}`);
}

/** The same for what is not HTTP. */
export function recordMessage(ended: Ended): void {
  messages.add(1, { path: ended.kind });
  record(ended);
}

export interface Asking {
  /** What is asked for (default /hello). */
  path?: string;
  /** HTTP over TLS, on which k6 speaks HTTP/2. */
  http2?: boolean;
}

/** One request over HTTP, recorded. `status` is 0 for no answer. */
export function get(as: string, url: string, http2 = false): { status: number; headers: Record<string, string> } {
  const startedMs = Date.now();
  const tags = { path: as, name: as };
  const response = http.get(url, { timeout: timeoutMs, redirects: 0, headers: counting(as), tags });
  const { headers, error_code: code } = response;
  const { connecting, tls_handshaking: handshake, sending, waiting, receiving } = response.timings;
  // from the first SYN to the last byte; the name's look-up and k6's own queue are not the network's doing
  const ms = response.status === 0 ? Date.now() - startedMs : connecting + handshake + sending + waiting + receiving;
  const wrong = http2 && response.status > 0 && response.proto !== 'HTTP/2.0';
  const status = wrong ? 0 : response.status;
  const error = wrong ? `answered over ${response.proto}` : response.error;
  record({ kind: as, startedMs, status, code, ms, process: headers['X-Served-By'], error });
  return { status, headers };
}

/** Asks a target. Returns the status of its answer; 0: none. */
export const ask = (as: string, target: string, { path = '/hello', http2 = false }: Asking = {}): number =>
  get(as, `${http2 ? 'https' : 'http'}://${target}${path}`, http2).status;

/** The load begins once all targets answer; these requests are of a kind of their own, `control`. */
export function untilAnswered(asking: Asking = {}, answers?: (target: string) => boolean): void {
  if (targets.length === 0) throw new Error('TARGETS is missing: k6 run -e TARGETS=HOST:PORT load/scripts/SCRIPT.ts');
  const giveUpAt = Date.now() + 30_000;
  for (const target of targets) {
    for (let inARow = 0; inARow < 3; ) {
      const answered = answers ? answers(target) : ask('control', target, asking) === 200;
      inARow = answered ? inARow + 1 : 0;
      if (Date.now() > giveUpAt) throw new Error(`${target} does not answer, and the load has not begun`);
      if (inARow === 0) sleep(0.05);
    }
  }
}

/** What most scripts export as `setup`, and as their default. */
export const setup = (): void => untilAnswered();
export function askNext(): void {
  ask(kind, nextTarget());
}

/** Options that all scripts share; `scenario` says how requests arrive. */
export function optionsFor(name: string, scenario: Scenario, more: Options = {}): Options {
  return {
    discardResponseBodies: true,
    summaryTrendStats: ['min', 'med', 'p(90)', 'p(95)', 'p(99)', 'max'],
    thresholds: { [`http_req_failed{path:${kind}}`]: ['rate==0'] },
    setupTimeout: '40s',
    scenarios: { [name]: scenario },
    ...more,
  };
}

/** Enough virtual users that the rate holds even while every request runs into its timeout. */
export const usersFor = (rate: number): { preAllocatedVUs: number; maxVUs: number } => ({
  // k6 makes others only while it already runs late
  preAllocatedVUs: Math.ceil(rate / 2),
  maxVUs: Math.ceil((rate * timeoutMs) / 1000) + 10,
});

/** The last requests get their full time: one cut off by the end of the test would be missing in the account. */
export const gracefulStop = `${timeoutMs + 1000}ms`;

/** Requests begin at a constant rate, by default this one, whether those before them were answered or not. */
export function constantRate(usualRate: number, usualDuration = '20s'): ConstantArrivalRateScenario {
  const [rate, duration] = [rateOr(usualRate), durationOr(usualDuration)];
  return { executor: 'constant-arrival-rate', rate, timeUnit: '1s', duration, gracefulStop, ...usersFor(rate) };
}
