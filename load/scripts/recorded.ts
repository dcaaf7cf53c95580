/**
 * k6's own totals as one line at the end, against which netvet checks the lines of the requests (load/records.ts). In a file
 * of its own because a script that has handleSummary loses k6's usual summary: netvet runs a script together with this.
 */
interface SummaryData {
  metrics: Record<string, { values: Record<string, number> } | undefined>;
}

export function handleSummary(data: SummaryData): Record<string, string> {
  const count = (metric: string) => data.metrics[metric]?.values['count'] ?? 0;
  const requests = count('http_reqs') + count('netvet_messages');
  return { stdout: `totals ${requests} ${count('iterations')} ${count('dropped_iterations')}\n` };
}
