import { setTimeout as delay } from 'node:timers/promises';
import { argvOf, treeOf } from '../processes.ts';

/** The whole harness, or one agent in a Pod. */
export type Whom = 'everything' | 'one agent';

const stoppedMs = 3_000;
const lookMs = 20;

/** Numbers in [0, 1) that follow from a seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** So many moments within `lengthMs`, in order. */
export const moments = (count: number, lengthMs: number, next: () => number): number[] =>
  Array.from({ length: count }, () => next() * lengthMs).toSorted((a, b) => a - b);

const isAgent = (pid: number) => /\/netvet\/agent\.mjs(?! channel)/.test(argvOf(pid));

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // it ended meanwhile
    }
  }
}

/** Stops all processes below `pid`, those too that were started while the others were being stopped. */
function stopTree(pid: number): number[] {
  const stopped = new Set<number>();
  for (let fresh = treeOf(pid); fresh.length > 0; fresh = treeOf(pid).filter((one) => !stopped.has(one))) {
    signal(fresh, 'SIGSTOP');
    for (const one of fresh) stopped.add(one);
  }
  return [...stopped];
}

/**
 * Stops whom it is about for 3 s at each moment of the time that it runs, and tells which. Resolves with how many stops there were:
 * fewer where the run has ended before.
 */
export async function disturb(
  pid: number,
  whom: Whom,
  at: readonly number[],
  next: () => number,
  over: AbortSignal,
  tell: (line: string) => void,
): Promise<number> {
  const wait = (ms: number) => delay(ms, undefined, { signal: over }).catch(() => {});
  const someone = (): number[] => {
    if (whom === 'everything') return stopTree(pid);
    const agents = treeOf(pid).filter(isAgent);
    const one = agents.slice(Math.floor(next() * agents.length)).slice(0, 1);
    signal(one, 'SIGSTOP');
    return one;
  };
  let ranMs = 0;
  for (const [done, moment] of at.entries()) {
    await wait(moment - ranMs);
    ranMs = moment;
    let pids = over.aborted ? [] : someone();
    // before the first Pod there is no agent
    for (; pids.length === 0 && !over.aborted; pids = someone()) await wait(lookMs);
    if (over.aborted) return done;
    tell(
      `${(moment / 1000).toFixed(2)} s: stopped ${pids.length === 1 ? `process ${pids[0]}` : `${pids.length} processes`}`,
    );
    await wait(stoppedMs);
    signal(pids, 'SIGCONT');
  }
  return at.length;
}
