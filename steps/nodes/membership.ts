import { type KubeObject, saysReady, skipForbidden } from '../kube/index.ts';
import { SkipError } from '../outcome.ts';
import { dismiss } from '../stage.ts';
import { waits } from '../waits.ts';
import { isControlPlane } from '../worker.ts';
import type { World } from '../world.ts';
import { isOfDaemonSet } from './cni-agent.ts';
import { NodeShell } from './shell.ts';

const reference = (name: string) => ({ kind: 'Node', metadata: { name } });

/**
 * Drains a node, deletes it, and lets its kubelet register it again: to the cluster it is a node that joins late, under
 * a Pod range that may be another. Resolves when it is Ready. What labels, annotations and taints it had it has again.
 */
export async function rejoin(world: World, number: number): Promise<void> {
  const name = await world.worker.nodeCalled(number);
  const former = await world.kube.read(reference(name));
  if (isControlPlane(former)) throw new SkipError(`${name} is a control plane: without it nothing can be watched`);
  const shell = await NodeShell.open(world, name);
  if ((await shell.run('systemctl is-active --quiet kubelet')).code !== 0)
    throw new SkipError(`${name} has no running service "kubelet"`);
  await drain(world, name);
  await shell.launch('sleep 2; exec systemctl restart kubelet');
  await world.disturb(() => world.kube.delete(reference(name)));
  const { uid } = former.metadata;
  const fresh = await world.kube.until({ kind: 'Node', name }, `${name} to join again`, waits.nodeBack, ([node]) =>
    node !== undefined && node.metadata.uid !== uid && node['spec'].podCIDR !== undefined ? node : undefined,
  );
  const { labels, annotations } = former.metadata;
  await world.kube.patch(reference(name), { metadata: { labels, annotations } });
  const isBack = ([node]: KubeObject[]) => (node !== undefined && isReadyNode(node)) || undefined;
  await world.kube.until({ kind: 'Node', name }, `${name} to be Ready`, waits.nodeBack, isBack);
  world.measure('Pod range is another one', fresh['spec'].podCIDR === former['spec'].podCIDR ? 0 : 1, '');
  world.recovered('node joined and Ready');
}

const isReadyNode = (node: KubeObject): boolean =>
  saysReady(node) && node['spec'].unschedulable !== true && (node['spec'].taints ?? []).length === 0;

/** As `kubectl drain`: what belongs to a DaemonSet stays, and what nobody would make again is refused. */
export async function drain(world: World, node: string): Promise<void> {
  await dismiss(world.worker);
  const pods = await world.kube.list({ kind: 'Pod', node });
  const namespaces = await world.kube.list({ kind: 'Namespace', labelSelector: `netvet.dev/run` });
  const own = new Set(namespaces.map(({ metadata }) => metadata.name));
  const going = pods.filter((pod) => !isOfDaemonSet(pod) && pod['spec'].hostNetwork !== true);
  const isBare = ({ metadata: { namespace = '', ownerReferences = [] } }: KubeObject) =>
    !own.has(namespace) && ownerReferences.length === 0;
  const bare = going.filter(isBare);
  const names = bare.map(({ metadata }) => metadata.name).join(', ');
  if (bare.length > 0) throw new SkipError(`${node} has Pods that nobody would make again: ${names}`);
  const draining = async () => {
    // until it is another Node
    world.defer(() => world.kube.patch(reference(node), { spec: { unschedulable: null } }));
    await world.kube.patch(reference(node), { spec: { unschedulable: true } });
    await Promise.all(going.map(({ metadata }) => world.kube.delete({ kind: 'Pod', metadata })));
  };
  await draining().catch(skipForbidden('nodes must not be drained here'));
  await Promise.all(going.map(({ metadata }) => world.kube.gone({ kind: 'Pod', metadata }, waits.podGone)));
}
