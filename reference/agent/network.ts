import { podRange } from '../model/nodes.ts';
import type { Network } from './cni/verbs.ts';
import type { Config } from './config.ts';
import type { Source } from './kube/source.ts';
import { type Log, messageOf } from './log.ts';
import type { Reconciler } from './reconciler.ts';

/** Milliseconds for reads that decide about a new Pod; after that the watch's knowledge has to do. */
const refreshMs = 2_000;

/** What the verbs learn about the node comes from here. */
interface Knowledge extends Pick<Network, 'attachments'> {
  config: Config;
  source: Source;
  reconciler: Reconciler;
  /** Why the node is not set up yet. */
  trouble: () => string | undefined;
  /** Whether all tables are in the kernel. */
  verify: () => Promise<boolean>;
  /** What other programs do to this node's Pods. */
  ailments: () => string[];
  log: Log;
}

/** The node's network as the CNI verbs, /readyz and the metrics see it. */
export function createNetwork(knowledge: Knowledge): Network {
  const { config, source, reconciler, attachments, trouble, verify, log } = knowledge;
  return {
    attachments,

    ready() {
      const setUp = trouble();
      if (setUp !== undefined) return setUp;
      if (!source.synced()) {
        return `the API server at ${config.apiServer} was not read yet: ${source.problems()[0] ?? 'it is being read'}`;
      }
      const own = source.objects().nodes.find(({ metadata }) => metadata.name === config.nodeName);
      if (own === undefined) return `there is no Node ${config.nodeName}`;
      if (podRange(own).length === 0) return `Node ${config.nodeName} has no IPv4 spec.podCIDR yet`;
      const { last, error } = reconciler.state;
      // Pods get addresses of the range that is routed by now
      const range = last?.desired.fabric.local[0];
      if (last === undefined || range === undefined) return error ?? 'the network is being set up';
      return { range, mtu: last.desired.fabric.podMtu };
    },

    ailments: () => [trouble() ?? [], reconciler.ailments(), knowledge.ailments()].flat(),

    async verify() {
      if (await verify()) return [];
      return ["netvet's tables were not all in nftables; they are being loaded again"];
    },

    async refresh(pod) {
      await source.refresh(pod, refreshMs).catch((error: unknown) => {
        // the API server is away: what the watch brought is the newest there is
        const name = `${pod.namespace}/${pod.name}`;
        log('attaching a Pod with what the watch knows', { pod: name, error: messageOf(error) });
      });
    },
  };
}

/** The agent in numbers, named as Prometheus' guide has it (https://prometheus.io/docs/practices/naming/). */
export function metricsOf({ state }: Reconciler, source: Source, { ready, attachments }: Network) {
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
