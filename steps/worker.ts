import { Kube, type KubeObject, saysReady } from './kube/index.ts';
import { BrokenError } from './outcome.ts';
import type { WorldParameters } from './parameters.ts';
import { Patience } from './probe/index.ts';
import { waits } from './waits.ts';
import { agentCode, namespace } from './workloads/index.ts';

/** What the scenarios of one cucumber worker share. A worker is a thread: nothing here is shared between workers. */
export class Worker {
  readonly id = process.env['CUCUMBER_WORKER_ID'] ?? '0';
  readonly parameters: WorldParameters;
  /** How long attempts wait here. */
  readonly patience: Patience;
  #kube: Kube | undefined;
  #nodes: Promise<KubeObject[]> | undefined;
  #namespaces = 0;

  constructor(parameters: WorldParameters) {
    this.parameters = parameters;
    this.patience = new Patience(parameters.bounds.attemptMs);
    listenForStop(() => this.#kube?.stop());
  }

  get kube(): Kube {
    this.#kube ??= new Kube(this.parameters.kubeconfig, this.parameters.context);
    return this.#kube;
  }

  /** Nodes that take ordinary Pods, by name: Ready, schedulable, without such a taint. BrokenError: there is none. */
  nodes(): Promise<KubeObject[]> {
    this.#nodes ??= this.kube.list({ kind: 'Node' }).then((nodes) => {
      const fit = nodes.filter(takesPods).toSorted(byName);
      if (fit.length > 0) return fit;
      throw new BrokenError(`none of the ${nodes.length} nodes is schedulable: kubectl describe nodes says why`);
    });
    return this.#nodes;
  }

  /**
   * The node that a scenario calls 1, 2, 3 ...; with fewer nodes they come around again. Each worker begins with
   * another node, so that the load of a run is spread. Control planes come last: they have other work.
   */
  async nodeCalled(number: number): Promise<string> {
    const all = await this.nodes();
    const planes = all.filter(isControlPlane);
    const workers = all.filter((node) => !planes.includes(node));
    const begin = (Number.parseInt(this.id, 10) || 0) % Math.max(workers.length, 1);
    const nodes = [...workers.slice(begin), ...workers.slice(0, begin), ...planes];
    return (nodes[(number - 1) % nodes.length] as KubeObject).metadata.name;
  }

  /** A namespace of this run, with the agent's code in it, in which Pods can be made. Returns its name. */
  async makeNamespace(labels: Record<string, string>): Promise<string> {
    const name = `netvet-${this.parameters.runId}-${this.id}-${this.#namespaces++}`.toLowerCase();
    await this.kube.create(namespace(name, this.parameters, labels));
    await Promise.all([this.kube.create(agentCode(name)), this.#takesPods(name)]);
    return name;
  }

  /** Pods are refused in a namespace until a controller has made its ServiceAccount. */
  async #takesPods(namespace: string): Promise<void> {
    const where = { kind: 'ServiceAccount', namespace, name: 'default' };
    const what = `the ServiceAccount of namespace ${namespace}`;
    await this.kube.until(where, what, waits.serviceAccount, (found) => found.length > 0 || undefined);
  }
}

/** By the label that every installer sets. */
export const isControlPlane = ({ metadata }: KubeObject): boolean =>
  metadata.labels?.['node-role.kubernetes.io/control-plane'] !== undefined;

/** Where its node ports and the host ports of its Pods are. */
export const nodeAddress = ({ status }: KubeObject): string =>
  (status.addresses as { type: string; address: string }[]).find(({ type }) => type === 'InternalIP')?.address ?? '';

function takesPods(node: KubeObject): boolean {
  const { spec } = node;
  const kept = (spec?.taints ?? []).some((taint: { effect: string }) => taint.effect !== 'PreferNoSchedule');
  return saysReady(node) && !kept && spec?.unschedulable !== true;
}

const byName = (a: KubeObject, b: KubeObject): number => (a.metadata.name < b.metadata.name ? -1 : 1);

/** The run was cut short (cli/suite.ts says so to all workers): nothing more is made while what is there is deleted. */
function listenForStop(stop: () => void): void {
  const channel = new BroadcastChannel('netvet-stop');
  channel.onmessage = stop;
  channel.unref();
}

let only: Worker | undefined;

/** This thread's worker. */
export function workerFor(parameters: WorldParameters): Worker {
  only ??= new Worker(parameters);
  return only;
}
