/** Calling back whoever sends such a nonce. */
import type { Operations } from '../attempt.ts';
import { probe } from './dial.ts';
import { stream, streams } from './streams.ts';

let callingBack: Operations['callBack'][0] | undefined;
/** Whom it has called back -> when that is over, and the keys of the streams. */
const called = new Map<string, { over: Promise<unknown>; keys: string[] }>();

/** From now on such callers are called back. */
export function startCallingBack(asked: Operations['callBack'][0]): { started: boolean } {
  called.clear();
  callingBack = asked;
  return { started: true };
}

/** Calls back if that nonce is a caller's. */
export function heard(nonce: string, from: string): void {
  if (callingBack !== undefined && nonce.startsWith(callingBack.callers)) callBack(from, callingBack);
}

/** Each attempt is waited for to its end: where this process was kept from running, it ends later than its time. */
function callBack(host: string, { prefix, ports, everyMs, forMs, timeoutMs }: Operations['callBack'][0]): void {
  if (called.has(host)) return;
  const keys = ports.map((target, i) => {
    const key = `${prefix}${host}.${i}`;
    stream(key, (nonce) => probe({ ...target, host, nonce }, timeoutMs), everyMs, forMs);
    return key;
  });
  const end = () => Promise.all(keys.map(async (key) => streams.get(key)?.stop()));
  const over = new Promise<void>((done) => setTimeout(done, forMs)).then(end);
  called.set(host, { keys, over });
}

/** What calling that host back has seen, when it is over. */
export async function calledBack({ host }: Operations['calledBack'][0]): Promise<Operations['calledBack'][1]> {
  const call = called.get(host);
  await call?.over;
  return { reports: call?.keys.flatMap((key) => streams.get(key)?.reports ?? []) ?? [] };
}
