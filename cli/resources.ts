/**
 * What the network's own Pods (DaemonSets on the node's network) take of each node while the suite runs, as kubelets
 * count it: https://kubernetes.io/docs/reference/instrumentation/node-metrics/.
 */
import { AppsV1Api, CoreV1Api, type KubeConfig } from '@kubernetes/client-node';
import type { Cluster } from '../clusters/cluster.ts';
import { configOf } from '../clusters/existing/index.ts';
import { type Resource, sum } from '../report/index.ts';

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

interface Look {
  node: string;
  workload: string;
  uid: string;
  memoryBytes: number;
  count: Count | undefined;
}

/** Adds looks up. */
export function createLedger() {
  const looks: Look[] = [];
  return {
    add(node: string, pods: readonly PodStats[], workloads: readonly Workload[]): void {
      for (const pod of pods) {
        const workload = workloads.find((each) => isOf(pod, each));
        if (workload === undefined) continue;
        const memoryBytes = sum((pod.containers ?? []).map((each) => each.memory?.rssBytes ?? 0));
        looks.push({ node, workload: workload.name, uid: pod.podRef.uid, memoryBytes, count: countOf(pod) });
      }
    },
    resources: (): Resource[] =>
      [...Map.groupBy(looks, ({ node, workload }) => `${node} ${workload}`).values()]
        .flatMap(summed)
        .toSorted((a, b) => a.workload.localeCompare(b.workload) || a.node.localeCompare(b.node)),
  };
}

/** A DaemonSet's Pods are called after it, with five characters more. */
const isOf = ({ podRef }: PodStats, { name, namespace }: Workload): boolean =>
  podRef.namespace === namespace && podRef.name.startsWith(`${name}-`) && podRef.name.length === name.length + 6;

/** All looks at one workload on one node. Empty where there were too few for a rate. */
function summed(looks: readonly Look[]): Resource[] {
  const [{ node, workload }] = looks as [Look];
  const byPod = [...Map.groupBy(looks, ({ uid }) => uid).values()];
  const pods = byPod.map(countsOf).filter((counts) => counts.length > 1);
  const span = (of: (count: Count) => number) => sum(pods.map((all) => of(all.at(-1) as Count) - of(all[0] as Count)));
  // the rate at the first look is of a time before it, in which the Pod may not have been there
  const cores = pods.flatMap((all) => all.slice(1).flatMap((count) => count.cores ?? []));
  if (cores.length === 0) return [];
  const mean = span(({ coreSeconds }) => coreSeconds) / (span(({ atMs }) => atMs) / 1000);
  const memoryBytes = Math.max(...looks.map((look) => look.memoryBytes));
  return [{ node, workload, memoryBytes, cores: { least: Math.min(...cores), mean, most: Math.max(...cores) } }];
}

interface Count {
  atMs: number;
  coreSeconds: number;
  cores?: number | undefined;
}

/** What the kubelet has counted of a Pod, if it has. */
function countOf({ cpu }: PodStats): Count | undefined {
  if (cpu?.usageCoreNanoSeconds === undefined) return undefined;
  const coreSeconds = cpu.usageCoreNanoSeconds / 1e9;
  return { atMs: Date.parse(cpu.time), coreSeconds, cores: cpu.usageNanoCores && cpu.usageNanoCores / 1e9 };
}

/** The counts of one Pod, once for each time that the kubelet looked itself. */
const countsOf = (looks: readonly Look[]): Count[] => [
  ...new Map(looks.flatMap(({ count }) => (count ? [[count.atMs, count] as const] : []))).values(),
];

/** Looks at every node now and then, until `stop`, which resolves with the result. A failed look is left out. */
export async function watchResources(cluster: Cluster): Promise<{ stop(): Promise<Resource[]> }> {
  const config = configOf(cluster);
  const api = config.makeApiClient(CoreV1Api);
  const [workloads, { items }] = await Promise.all([networkWorkloads(config), api.listNode()]);
  const nodes = items.map(({ metadata }) => metadata?.name ?? '');
  const ledger = createLedger();
  const lookAround = () =>
    Promise.all(
      nodes.map(async (node) => {
        const pods = await summary(api, node).catch((): PodStats[] => []);
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

async function summary(api: CoreV1Api, name: string): Promise<PodStats[]> {
  const answer: unknown = await api.connectGetNodeProxyWithPath({ name, path: 'stats/summary' });
  // the client says that it is text, and parses what is JSON
  const { pods = [] } = (typeof answer === 'string' ? JSON.parse(answer) : answer) as { pods?: PodStats[] };
  return pods;
}
