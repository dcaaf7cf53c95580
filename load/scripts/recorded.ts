/**
 * What netvet wants to know of k6 besides the requests (load/records.ts): its own totals, against which the lines of
 * the requests are checked, and when it stood still. In a file of its own because a script that has handleSummary loses
 * k6's usual summary: netvet runs a script together with this.
 */
import { sleep } from 'k6';
import type { Options } from 'k6/options';

interface SummaryData {
  metrics: Record<string, { values: Record<string, number> } | undefined>;
}

export function handleSummary(data: SummaryData): Record<string, string> {
  const count = (metric: string) => data.metrics[metric]?.values['count'] ?? 0;
  const requests = count('http_reqs') + count('netvet_messages');
  const begun = count('netvet_begun') || requests;
  return { stdout: `totals ${requests} ${count('iterations')} ${count('dropped_iterations')} ${begun}\n` };
}

const lookMs = 50;
/** What the timer and other virtual users may take. */
const usualMs = 20;

/** A virtual user that only sleeps, and says when it slept too long: then k6's process stood still, not the network. */
export function watch(): void {
  for (let before = Date.now(); ; ) {
    sleep(lookMs / 1000);
    const now = Date.now();
    const late = now - before - lookMs;
    if (late > usualMs) console.log(`paused ${before + lookMs} ${late}`);
    before = now;
  }
}

/** A script's options with the watch beside its own scenario, in each of several runners. */
export const watched = (options: Options): Options => ({
  ...options,
  scenarios: {
    ...options.scenarios,
    watch: {
      exec: 'watch',
      executor: 'per-vu-iterations',
      vus: Number(__ENV.RUNNERS ?? 1),
      iterations: 1,
      // as long as the load, which has the time after it for its last answers; DURATION is in seconds
      maxDuration: __ENV.DURATION ?? '20s',
      gracefulStop: '0s',
    },
  },
});
