/**
 * WebSocket connections that are held open: each sends a message at its own even pace and waits for the echo. A message
 * without an echo is lost, and so are all that were due on a connection that was refused or broke. Environment:
 * common.ts, and
 * CONNECTIONS  how many are held (default 20); RATE is the messages a second of all together
 *
 *   k6 run -e TARGETS=10.96.12.7:80 -e CONNECTIONS=200 -e DURATION=5m load/scripts/websocket.ts
 */

import exec from 'k6/execution';
import { clearInterval, clearTimeout, setInterval, setTimeout } from 'k6/timers';
import { WebSocket } from 'k6/websockets';
import {
  clockMs,
  counting,
  durationOr,
  gracefulStop,
  kind,
  optionsFor,
  rateOr,
  recordMessage,
  targets,
  timeoutMs,
} from './common.ts';

export { setup } from './common.ts';

const connections = Number(__ENV.CONNECTIONS ?? 20);
const seconds = Number.parseFloat(durationOr('20s'));
const everyMs = (1000 * connections) / rateOr(100);

const maxDuration = `${seconds + 10}s`;

export const options = optionsFor(
  'websocket',
  { executor: 'per-vu-iterations', vus: connections, iterations: 1, maxDuration, gracefulStop },
  { thresholds: {} },
);

export default function (): void {
  const target = targets[exec.vu.idInTest % targets.length] as string;
  const socket = new WebSocket(`ws://${target}/echo`, null, { headers: counting(kind) });
  const due = Math.floor((seconds * 1000) / everyMs);
  /** Messages on their way, by their number. */
  const away = new Map<number, { startedMs: number; began: number; patience: number }>();
  let sent = 0;
  let failure = '';
  let timer: number | undefined;

  const ended = (number: number, status: number, process?: string, error = '') => {
    const message = away.get(number);
    if (message === undefined) return;
    away.delete(number);
    const { startedMs, began, patience } = message;
    clearTimeout(patience);
    const code = status === 0 && error === '' ? 1050 : 0;
    recordMessage({ kind, startedMs, status, code, ms: clockMs() - began, process, error });
    if (sent >= due && away.size === 0) socket.close();
  };
  const send = () => {
    if (sent >= due) return;
    const number = sent;
    sent += 1;
    const patience = setTimeout(() => ended(number, 0), timeoutMs);
    away.set(number, { startedMs: Date.now(), began: clockMs(), patience });
    socket.send(String(number));
  };
  socket.onopen = () => {
    // not all at the same moment
    const share = (exec.vu.idInTest % connections) / connections;
    setTimeout(() => {
      timer = setInterval(send, everyMs);
      send();
    }, share * everyMs);
  };
  socket.onmessage = (event) => {
    const [number, process] = ((event?.data ?? '') as string).split(' ');
    ended(Number(number), 200, process);
  };
  socket.onerror = (event) => {
    failure = (event?.error ?? 'the connection broke').replaceAll('\n', ' ');
  };
  socket.onclose = () => {
    if (timer !== undefined) clearInterval(timer);
    const error = failure || 'the connection was closed';
    for (const number of [...away.keys()]) ended(number, 0, undefined, error);
    // what was due and could not be sent any more
    for (; sent < due; sent += 1) recordMessage({ kind, startedMs: Date.now(), status: 0, ms: 0, error });
  };
}
