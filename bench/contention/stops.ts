import { spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { agent, argvOf, treeOf } from '../processes.ts';

const stoppedMs = 3_000;
const lookMs = 20;

/** Some may have ended meanwhile. */
const signal = (name: string, pids: Iterable<number>) =>
  spawnSync('sh', ['-c', 'kill -s "$@"', 'sh', name, ...Array.from(pids, String)]);

/** Stops all processes below `pid`, those too that were started while the others were being stopped. */
function stopTree(pid: number): Set<number> {
  const stopped = new Set<number>();
  for (let fresh = treeOf(pid); fresh.length > 0; fresh = treeOf(pid).filter((one) => !stopped.has(one))) {
    signal('STOP', fresh);
    for (const one of fresh) stopped.add(one);
  }
  return stopped;
}

/** Stops whom it is about for 3 s at each moment of the time that it runs. Resolves with how often, when it is over. */
export async function disturb(
  pid: number,
  whom: 'everything' | 'one agent',
  moments: readonly number[],
  over: AbortSignal,
): Promise<number> {
  const wait = (ms: number) => delay(ms, undefined, { signal: over }).catch(() => {});
  for (const [done, moment] of moments.entries()) {
    await wait(moment - (moments[done - 1] ?? 0));
    for (let stopped = new Set<number>(); stopped.size === 0; ) {
      if (over.aborted) return done;
      const all = whom === 'everything' ? [pid] : treeOf(pid).filter((one) => agent.test(argvOf(one)));
      const one = all[Math.floor(Math.random() * all.length)];
      // before the first Pod there is no agent
      if (one !== undefined) stopped = stopTree(one);
      await wait(one === undefined ? lookMs : stoppedMs);
      signal('CONT', stopped);
    }
  }
  return moments.length;
}
