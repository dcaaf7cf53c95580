import type { Network } from './cni/verbs.ts';
import type { Source } from './kube/source.ts';
import type { ReconcilerState } from './reconciler.ts';

/** The agent in numbers, named as Prometheus' guide has it (https://prometheus.io/docs/practices/naming/). */
export function metricsOf(
  state: ReconcilerState,
  source: Source,
  { ready, attachments }: Network,
): Record<string, number> {
  const now = ready();
  return {
    netvet_ready: typeof now === 'string' ? 0 : 1,
    netvet_attachments: attachments.list().length,
    netvet_addresses_free: typeof now === 'string' ? 0 : attachments.free(now.range),
    netvet_passes_total: state.passes,
    netvet_pass_failures_total: state.failures,
    netvet_last_pass_seconds: state.lastMs / 1000,
    netvet_watch_problems: source.problems().length,
    netvet_links_or_routes_failing: state.last?.problems.size ?? 0,
  };
}
