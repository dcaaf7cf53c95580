/**
 * service-path.ts with k6's own totals as one line at the end, against which netvet checks the lines of its requests
 * (load/records.ts). A file of its own because a script that has handleSummary loses k6's usual summary.
 */
export { default, options, setup } from './service-path.ts';

interface SummaryData {
  metrics: Record<string, { values: Record<string, number> } | undefined>;
}

export function handleSummary(data: SummaryData): Record<string, string> {
  const count = (metric: string) => data.metrics[metric]?.values['count'] ?? 0;
  return { stdout: `totals ${count('http_reqs')} ${count('iterations')} ${count('dropped_iterations')}\n` };
}
