/** How one attempt ends: with an outcome, and after its time-out at the latest. */
import type { AttemptReport, Outcome } from '../attempt.ts';
import { now } from './self.ts';
import { beat, longestStall, stalledMs, waiting, wake } from './still.ts';

const outcomes: Record<string, Outcome> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  EOF: 'reset',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  // a socket-level dataplane (Cilium's) refuses in connect() and sendmsg() themselves
  EPERM: 'unreachable',
  EACCES: 'unreachable',
};

export const outcomeOf = (errno: string): Outcome => outcomes[errno] ?? 'error';
export const codeOf = (error: unknown): string => (error as { code?: string }).code ?? String(error);

export type Seen = { outcome: Outcome; errno?: string; server?: string; id?: string; seen?: string };
type Timed = Seen & Pick<AttemptReport, 'micros' | 'at' | 'stoodMs'>;

/**
 * Runs `start` with a way to finish; ends as a timeout when nobody finished in time. `cleanUp` runs in every case. Time
 * in which this process could not run does not count: who is not there cannot say that nobody answered.
 */
export function within(timeoutMs: number, start: (finish: (seen: Seen) => void) => () => void): Promise<Timed> {
  const at = now();
  const { promise, resolve } = Promise.withResolvers<Timed>();
  let cleanUp = () => {};
  let over = false;
  const finish = (seen: Seen) => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    waiting.count -= 1;
    const stoodMs = Math.round(longestStall(at));
    resolve({ ...seen, at, micros: Math.round((now() - at) * 1000), ...(stoodMs > 0 && { stoodMs }) });
    cleanUp();
  };
  waiting.count += 1;
  wake(0);
  let known = stalledMs;
  const expire = () => {
    beat();
    const stalled = stalledMs - known;
    if (stalled === 0) return finish({ outcome: 'timeout' });
    known = stalledMs;
    timer = setTimeout(expire, Math.min(stalled, timeoutMs));
  };
  let timer = setTimeout(expire, timeoutMs);
  cleanUp = start(finish);
  if (over) cleanUp();
  return promise;
}
