/** Attempts that are made again every few milliseconds, when asked or from the first moment on. */
import type { AttemptReport, Dial, Operations } from '../attempt.ts';
import { probe } from './dial.ts';
import { now, startedAt } from './self.ts';
import { stalledMs } from './still.ts';

export const streams = new Map<string, { reports: AttemptReport[]; stop: () => Promise<void> }>();

/** Makes an attempt every `everyMs`, for `forMs` at most. */
export function stream(
  key: string,
  attempt: (nonce: string) => Promise<AttemptReport>,
  everyMs: number,
  forMs = Number.POSITIVE_INFINITY,
): void {
  const reports: AttemptReport[] = [];
  const pending = new Set<Promise<unknown>>();
  const until = now() + forMs;
  let count = 0;
  const one = () => {
    if (now() > until) return clearInterval(timer);
    const running = attempt(`${key}.${count++}`).then((report) => reports.push(report));
    pending.add(running);
    void running.finally(() => pending.delete(running));
  };
  const timer = setInterval(one, everyMs);
  one();
  const stop = async () => {
    clearInterval(timer);
    await Promise.all(pending);
  };
  streams.set(key, { reports, stop });
}

/** What a stream has seen; `stop`: it ends. */
export async function streamed({ key, stop }: Operations['streamed'][0]): Promise<Operations['streamed'][1]> {
  const one = streams.get(key);
  if (stop) await one?.stop();
  if (stop) streams.delete(key);
  return { reports: one?.reports ?? [] };
}

let dialPrefix = '';

/** Dials from the first moment on: the Pod that must not get through before its policy is there. */
export function dialFromTheStart({ prefix, targets, everyMs, forMs, timeoutMs }: Dial): void {
  dialPrefix = prefix;
  for (const [i, target] of targets.entries())
    stream(`${prefix}.${i}`, (nonce) => probe({ ...target, nonce }, timeoutMs), everyMs, forMs);
}

/** Ends that, and tells what it saw. */
export async function dialled({ atLeastMs }: Operations['dialled'][0]): Promise<Operations['dialled'][1]> {
  const lasted = () => now() - startedAt - stalledMs;
  while (lasted() < atLeastMs) await new Promise((done) => setTimeout(done, atLeastMs - lasted()));
  const own = [...streams].filter(([key]) => dialPrefix !== '' && key.startsWith(dialPrefix)).map(([, one]) => one);
  await Promise.all(own.map((one) => one.stop()));
  return { reports: own.flatMap(({ reports }) => reports) };
}
