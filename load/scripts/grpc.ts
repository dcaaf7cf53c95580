/**
 * Calls over gRPC at a constant rate, over connections that stay open, without TLS (hello.proto). Environment:
 * common.ts.
 *
 *   k6 run -e TARGETS=10.96.12.7:9000 load/scripts/grpc.ts
 */

import grpc from 'k6/net/grpc';
import {
  clockMs,
  constantRate,
  counting,
  kind,
  nextTarget,
  optionsFor,
  recordMessage,
  targets,
  timeoutMs,
  untilAnswered,
} from './common.ts';

export const options = optionsFor('grpc', constantRate(100), { thresholds: {} });

const loaded = () => {
  const client = new grpc.Client();
  client.load([], 'hello.proto');
  return client;
};
/** One for each target; a virtual user connects where it first comes. */
const clients = new Map<string, grpc.Client>();
const spare = targets.map(loaded);

function clientOf(target: string): grpc.Client {
  const known = clients.get(target);
  if (known !== undefined) return known;
  const client = spare.pop() as grpc.Client;
  clients.set(target, client);
  client.connect(target, { plaintext: true, timeout: timeoutMs });
  return client;
}

interface Answer {
  /** POD/ID of the process that answered. */
  pod?: string;
}

function call(as: string, target: string): boolean {
  const startedMs = Date.now();
  let status = 0;
  let code = 0;
  let process: string | undefined;
  let error = '';
  const began = clockMs();
  try {
    const response = clientOf(target).invoke('netvet.Hello/Say', {}, { metadata: counting(as), timeout: timeoutMs });
    if (response.status === grpc.StatusOK) status = 200;
    else error = (response.error as { message?: string } | undefined)?.message ?? `gRPC status ${response.status}`;
    if (response.status === grpc.StatusDeadlineExceeded) code = 1050;
    process = (response.message as Answer | undefined)?.pod;
  } catch (thrown) {
    error = String(thrown);
  }
  const words = error.replaceAll('\n', ' ');
  recordMessage({ kind: as, startedMs, status, code, ms: clockMs() - began, process, error: words });
  return status === 200;
}

export const setup = (): void => untilAnswered({}, (target) => call('control', target));

export default function (): void {
  call(kind, nextTarget());
}
