import { isReady } from '../actor.ts';
import type { KubeObject } from '../kube/index.ts';
import { waits } from '../waits.ts';
import type { World } from '../world.ts';

export const isOfDaemonSet = ({ metadata }: KubeObject): boolean =>
  metadata.ownerReferences?.some(({ kind }) => kind === 'DaemonSet') === true;

/** Whether a Pod is a node's CNI agent, of whichever CNI; a kube-proxy mounts neither configuration nor plugins. */
export const isCniAgent = (pod: KubeObject): boolean => isOfDaemonSet(pod) && isForCni(pod);

/** The same by the Pod's specification alone. */
export const isForCni = ({ spec }: KubeObject): boolean =>
  spec.hostNetwork === true &&
  (spec.volumes ?? []).some((one: { hostPath?: { path: string } }) => /\/cni(\/|$)/.test(one.hostPath?.path ?? ''));

/** Kills the CNI's agent on a Pod's node without any grace, and waits until its successor is Ready. */
export async function loseAgent(world: World, pod: string): Promise<void> {
  const { node } = world.actor(pod);
  world.skipIf(world.parameters.unavailable['agents']);
  const agent = (await world.kube.list({ kind: 'Pod', node })).find(isCniAgent);
  if (agent === undefined)
    return world.skipIf(
      `no Pod on ${node} looks like a CNI's agent: ` +
        "of a DaemonSet, on the node's network, with /etc/cni or /opt/cni mounted",
    );
  const { namespace = '', uid } = agent.metadata;
  await world.disturb(() => world.kube.delete({ kind: 'Pod', metadata: agent.metadata }, { grace: 0 }));
  const successor = (pod: KubeObject) => isCniAgent(pod) && pod.metadata.uid !== uid && isReady(pod);
  const where = { kind: 'Pod', namespace, node };
  await world.kube.until(where, `another agent on ${node}`, waits.podsReady, (pods) => pods.find(successor));
  world.recovered('without an agent');
}
