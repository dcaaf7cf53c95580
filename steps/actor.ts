import { missingImage, orFault } from './fault.ts';
import { containersOf, type Kube, type KubeObject, type Reference, saysReady } from './kube/index.ts';
import { BrokenError } from './outcome.ts';
import { type Agent, Channel } from './probe/index.ts';
import { waits } from './waits.ts';

/** A running Pod with an agent in it, and the open channel to that agent. */
export class Actor implements Agent {
  /** As the scenario calls it. */
  readonly name: string;
  /** The Pod as it was when it became Ready. */
  readonly pod: KubeObject;
  readonly channel: Channel;

  private constructor(name: string, pod: KubeObject, channel: Channel) {
    this.name = name;
    this.pod = pod;
    this.channel = channel;
  }

  /** Opens the channel of a running Pod. `container` is the one whose agent is meant. */
  static async meet(kube: Kube, name: string, pod: KubeObject, container = 'agent'): Promise<Actor> {
    const { name: podName, namespace = 'default' } = pod.metadata;
    return new Actor(name, pod, await Channel.open(kube.config, { namespace, pod: podName, container }));
  }

  /** What the API knows the Pod by. */
  get reference(): Reference {
    return { kind: 'Pod', metadata: { name: this.podName, namespace: this.namespace } };
  }
  get namespace(): string {
    return this.pod.metadata.namespace as string;
  }
  get podName(): string {
    return this.pod.metadata.name;
  }
  get ip(): string {
    return this.pod['status'].podIP as string;
  }
  get node(): string {
    return this.pod['spec'].nodeName as string;
  }

  /** The number that a named port has in this Pod. */
  portNamed(name: string): number | undefined {
    const ports = this.pod['spec'].containers[0].ports as { containerPort: number; name?: string }[];
    return ports.find((port) => port.name === name)?.containerPort;
  }
}

export const isReady = (pod: KubeObject): boolean => pod.metadata.deletionTimestamp === undefined && saysReady(pod);

const restarts = (pod: KubeObject): number => containersOf(pod)[0]?.restartCount ?? 0;

/** Resolves with an actor's Pod once its container has been started again since, and the Pod is Ready. */
export function startedAgain(kube: Kube, { name, podName, namespace, pod }: Actor, forMs: number): Promise<KubeObject> {
  const where = { kind: 'Pod', namespace, name: podName };
  const waiting = kube.until(where, `${name} to be started again`, forMs, ([now]) =>
    now !== undefined && restarts(now) > restarts(pod) && isReady(now) ? now : undefined,
  );
  return orFault(kube, namespace, waiting, [podName]);
}

/** Resolves with the Pods, in the order of the names, once all are Ready. Whose fault it is if not: see orFault. */
export async function podsReady(kube: Kube, namespace: string, names: string[]): Promise<KubeObject[]> {
  const what = `${names.length === 1 ? `Pod ${names[0]}` : `${names.length} Pods`} to be Ready`;
  const waiting = kube.until({ kind: 'Pod', namespace }, what, waits.podsReady, (pods) => {
    const found = names.map((name) => pods.find((pod) => pod.metadata.name === name));
    const missing = missingImage(found.filter((pod) => pod !== undefined));
    if (missing !== undefined) throw new BrokenError(missing);
    return found.every((pod) => pod !== undefined && isReady(pod)) ? (found as KubeObject[]) : undefined;
  });
  return orFault(kube, namespace, waiting, names);
}
