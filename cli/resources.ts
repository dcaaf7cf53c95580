/**
 * What the network's own Pods take of each node while the suite runs, as the node's kubelet counts it (the Summary API,
 * https://kubernetes.io/docs/reference/instrumentation/node-metrics/): those of DaemonSets on the node's own network,
 * which CNI agents and kube-proxy are.
 */
import { AppsV1Api, CoreV1Api, type KubeConfig } from '@kubernetes/client-node';
import type { Cluster } from '../clusters/cluster.ts';
import { configOf } from '../clusters/existing/index.ts';
import type { Resource } from '../report/index.ts';

/** A kubelet looks about as often. */
const everyMs = 10_000;

/** One Pod in an answer of the Summary API; what was not counted yet is absent. */
export interface PodStats {
  podRef: { name: string; namespace: string; uid: string };
  cpu?: { time: string; usageNanoCores?: number; usageCoreNanoSeconds?: number };
  containers?: { memory?: { rssBytes?: number } }[];
}

export interface Workload {
  name: string;
  namespace: string;
}

/** All that was seen of one workload on one node. */
interface Seen {
  node: string;
  workload: string;
  memoryBytes: number;
  /** Distinct looks: by the Pod and the time of the kubelet's own. */
  looks: Map<string, number>;
  /** By Pod: the first and the last count. */
  spans: Map<string, { from: Count; to: Count }>;
}

interface Count {
  atMs: number;
  coreSeconds: number;
}

/** Adds looks up. */
export function createLedger(): {
  add(node: string, pods: readonly PodStats[], workloads: readonly Workload[]): void;
  resources(): Resource[];
} {
  const all = new Map<string, Seen>();
  return {
    add(node, pods, workloads) {
      for (const pod of pods) {
        const workload = workloads.find((each) => isOf(pod, each));
        if (workload !== undefined) look(seenOf(all, node, workload.name), pod);
      }
    },
    resources: () =>
      [...all.values()]
        .flatMap(summed)
        .toSorted((a, b) => a.workload.localeCompare(b.workload) || a.node.localeCompare(b.node)),
  };
}

/** A DaemonSet's Pods are called after it, with five characters more. */
const isOf = ({ podRef }: PodStats, { name, namespace }: Workload): boolean =>
  podRef.namespace === namespace && podRef.name.startsWith(`${name}-`) && podRef.name.length === name.length + 6;

function seenOf(all: Map<string, Seen>, node: string, workload: string): Seen {
  const key = `${node} ${workload}`;
  const seen = all.get(key) ?? { node, workload, memoryBytes: 0, looks: new Map(), spans: new Map() };
  all.set(key, seen);
  return seen;
}

function look(seen: Seen, { podRef: { uid }, cpu, containers = [] }: PodStats): void {
  const bytes = containers.reduce((sum, { memory }) => sum + (memory?.rssBytes ?? 0), 0);
  seen.memoryBytes = Math.max(seen.memoryBytes, bytes);
  if (cpu?.usageCoreNanoSeconds === undefined) return;
  const count = { atMs: Date.parse(cpu.time), coreSeconds: cpu.usageCoreNanoSeconds / 1e9 };
  const from = seen.spans.get(uid)?.from;
  seen.spans.set(uid, { from: from ?? count, to: count });
  // the rate at the first look is of a time before it, in which the Pod may not have been there
  if (from !== undefined && from.atMs < count.atMs && cpu.usageNanoCores !== undefined)
    seen.looks.set(`${uid} ${cpu.time}`, cpu.usageNanoCores / 1e9);
}

/** Empty where there were too few looks for a rate. */
function summed({ node, workload, memoryBytes, looks, spans }: Seen): Resource[] {
  let ms = 0;
  let coreSeconds = 0;
  for (const { from, to } of spans.values()) {
    ms += to.atMs - from.atMs;
    coreSeconds += to.coreSeconds - from.coreSeconds;
  }
  if (ms === 0 || looks.size === 0) return [];
  const cores = [...looks.values()];
  return [
    {
      node,
      workload,
      memoryBytes,
      cores: { least: Math.min(...cores), mean: coreSeconds / (ms / 1000), most: Math.max(...cores) },
    },
  ];
}

/**
 * Looks at every node now and then, until `stop`, which resolves with what came of it. A look that fails is left out.
 */
export async function watchResources(cluster: Cluster): Promise<{ stop(): Promise<Resource[]> }> {
  const config = configOf(cluster);
  const [workloads, nodes] = await Promise.all([networkWorkloads(config), nodeNames(config)]);
  const ledger = createLedger();
  const lookAround = () =>
    Promise.all(
      nodes.map(async (node) => {
        const pods = await summary(config, node).catch((): PodStats[] => []);
        ledger.add(node, pods, workloads);
      }),
    );
  let looking = lookAround();
  const timer = setInterval(() => {
    looking = lookAround();
  }, everyMs).unref();
  return {
    async stop() {
      clearInterval(timer);
      await looking;
      return ledger.resources();
    },
  };
}

async function networkWorkloads(config: KubeConfig): Promise<Workload[]> {
  const { items } = await config.makeApiClient(AppsV1Api).listDaemonSetForAllNamespaces();
  return items
    .filter(({ spec }) => spec?.template.spec?.hostNetwork === true)
    .map(({ metadata }) => ({ name: metadata?.name ?? '', namespace: metadata?.namespace ?? '' }));
}

async function nodeNames(config: KubeConfig): Promise<string[]> {
  const { items } = await config.makeApiClient(CoreV1Api).listNode();
  return items.map(({ metadata }) => metadata?.name ?? '');
}

async function summary(config: KubeConfig, name: string): Promise<PodStats[]> {
  const answer: unknown = await config
    .makeApiClient(CoreV1Api)
    .connectGetNodeProxyWithPath({ name, path: 'stats/summary' });
  // the client says that it is text, and parses what is JSON
  const { pods = [] } = (typeof answer === 'string' ? JSON.parse(answer) : answer) as { pods?: PodStats[] };
  return pods;
}
