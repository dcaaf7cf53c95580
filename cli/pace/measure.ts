import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Look } from './controller.ts';

const tickMs = 10;

/** Measures from `look` to `look` how late this thread's event loop is, and how long processors are waited for. */
export function createMeter(): { look(this: void): Look; stop(this: void): void } {
  const ticks = monitorEventLoopDelay({ resolution: tickMs });
  ticks.enable();
  let before = { ms: performance.now(), waitedMs: waitedMs() };
  return {
    look() {
      const now = { ms: performance.now(), waitedMs: waitedMs() };
      const tookMs = now.ms - before.ms;
      // a tick is counted by its distance from the one before, which the first one does not have
      const late = Math.max(0, 1 - ((ticks.count + 1) * tickMs) / tookMs);
      const pressure = ((now.waitedMs ?? 0) - (before.waitedMs ?? 0)) / tookMs;
      ticks.reset();
      before = now;
      return { late, ...(now.waitedMs !== undefined && { pressure }) };
    },
    stop: () => ticks.disable(),
  };
}

/** Milliseconds since the machine was started in which something waited for a processor; undefined: it does not say. */
function waitedMs(): number | undefined {
  try {
    const microseconds = /^some .*total=(\d+)/.exec(readFileSync('/proc/pressure/cpu', 'utf8'))?.[1];
    return microseconds === undefined ? undefined : Number(microseconds) / 1000;
  } catch {
    return undefined;
  }
}
