import { readFileSync } from 'node:fs';
import { podsReady } from '../actor.ts';
import { isForbidden, type KubeObject, objectOf } from '../kube/index.ts';
import { followLog } from '../load/log.ts';
import { isCniAgent } from '../nodes/cni-agent.ts';
import type { Worker } from '../worker.ts';
import { nodeShellPod } from '../workloads/index.ts';
import type { Group, Sample } from './proc.ts';

/** What a node, or some of its processes, took during a round. */
export interface Usage {
  /** e.g. "node1", "CNI on node1". */
  name: string;
  /** Processors that were busy, on average. */
  cpu: number;
  /** Bytes in use at the end. */
  bytes: number;
}

const codeName = 'meter-code';

/** Measures processors and memory of all nodes, of the CNI's agents, and of kube-proxy. */
export class Meter {
  readonly #samples = new Map<string, Sample[]>();

  /** Starts a Pod on each node that sees its processes. A reason in words where such Pods are not allowed. */
  static async open(worker: Worker): Promise<Meter | string> {
    const { kube, parameters } = worker;
    const namespace = await worker.makeNamespace({});
    const meter = new Meter();
    const code = readFileSync(new URL('proc.ts', import.meta.url), 'utf8');
    await kube.create(objectOf('ConfigMap', { name: codeName, namespace }, { data: { 'proc.mts': code } }));
    const names = (await worker.nodes()).map(({ metadata }) => metadata.name);
    try {
      const groups = JSON.stringify(groupsOf(await kube.list({ kind: 'Pod' })));
      await Promise.all(
        names.map((node, i) => {
          const pod = nodeShellPod(namespace, `meter-${i}`, parameters.images.node, node);
          const [container] = pod['spec'].containers;
          container.command = ['node', '/meter/proc.mts'];
          container.env = [{ name: 'GROUPS', value: groups }];
          container.volumeMounts = [{ name: 'code', mountPath: '/meter', readOnly: true }];
          pod['spec'].volumes = [{ name: 'code', configMap: { name: codeName } }];
          return kube.create(pod);
        }),
      );
    } catch (error) {
      if (isForbidden(error)) return `processors and memory are not measured: ${(error as Error).message}`;
      throw error;
    }
    const meters = names.map((_, i) => `meter-${i}`);
    await podsReady(kube, namespace, meters);
    for (const [i, pod] of meters.entries()) {
      const samples: Sample[] = [];
      meter.#samples.set(names[i] as string, samples);
      const source = { namespace, pod, container: 'shell' };
      // one that breaks off shows as a lack of samples
      void followLog(kube, source, (line) => void samples.push(JSON.parse(line) as Sample)).catch(() => undefined);
    }
    return meter;
  }

  /** What was used between two moments, by the nodes' own clocks; nothing of a node that was not looked at twice. */
  between(from: number, to: number): Usage[] {
    return [...this.#samples].flatMap(([node, all]) => {
      const within = all.filter(({ at }) => at >= from && at <= to);
      const [first] = within;
      const last = within.at(-1);
      if (first === undefined || last === undefined || first === last) return [];
      return usageOf(node, first, last);
    });
  }
}

function usageOf(node: string, first: Sample, last: Sample): Usage[] {
  const seconds = (last.at - first.at) / 1000;
  const groups = Object.entries(last.used).flatMap(([name, { cpu, bytes }]) => {
    const before = first.used[name];
    return before === undefined ? [] : [{ name: `${name} on ${node}`, cpu: (cpu - before.cpu) / seconds, bytes }];
  });
  return [{ name: node, cpu: (last.busy - first.busy) / seconds, bytes: last.bytes }, ...groups];
}

/** Processes by the Pods that they belong to. */
function groupsOf(pods: KubeObject[]): Group[] {
  const isProxy = ({ metadata }: KubeObject) => metadata.labels?.['k8s-app'] === 'kube-proxy';
  const groups = { CNI: pods.filter((pod) => isCniAgent(pod) && !isProxy(pod)), 'kube-proxy': pods.filter(isProxy) };
  return Object.entries(groups)
    .filter(([, members]) => members.length > 0)
    .map(([name, members]) => ({
      name,
      uids: members.flatMap(({ metadata }) => metadata.uid ?? []),
      commands: members.flatMap(({ spec }) =>
        (spec.containers as { command?: string[]; args?: string[] }[])
          .map(({ command = [], args = [] }) => untilVariable([...command, ...args]))
          .filter((words) => words.length > 1),
      ),
    }));
}

/** What stands before the first word with a variable, whose value only the process knows. */
function untilVariable(words: string[]): string[] {
  const first = words.findIndex((word) => word.includes('$('));
  return first < 0 ? words : words.slice(0, first);
}
