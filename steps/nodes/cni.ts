import { podsReady } from '../actor.ts';
import { type KubeObject, skipForbidden } from '../kube/index.ts';
import { SkipError } from '../outcome.ts';
import { restart } from '../rollout.ts';
import { waits } from '../waits.ts';
import { pausePod } from '../workloads/index.ts';
import type { World } from '../world.ts';
import { isForCni, loseAgent } from './cni-agent.ts';

/** Replaces the CNI's agents one after the other, as `kubectl rollout restart` does. Resolves when all are new. */
export async function rollAgents(world: World): Promise<void> {
  const all = await world.kube.list({ kind: 'DaemonSet' });
  const rollsByItself = ({ metadata, spec }: KubeObject) =>
    spec.updateStrategy?.type !== 'OnDelete' && metadata.deletionTimestamp === undefined;
  const sets = all.filter((set) => rollsByItself(set) && isForCni(set['spec'].template));
  if (sets.length === 0)
    throw new SkipError(
      'no DaemonSet looks like that of a CNI: ' +
        'on the nodes’ network, with /etc/cni or /opt/cni mounted, rolled by itself',
    );
  const rolled = sets.map(({ metadata: { name, namespace = '' } }) =>
    world.disturb(() => restart(world.kube, { name, namespace }, 'DaemonSet')),
  );
  await Promise.all(rolled).catch(skipForbidden('the CNI may not be rolled here'));
  for (const { metadata } of sets) {
    const { name, namespace = '' } = metadata;
    const where = { kind: 'DaemonSet', namespace, name };
    const rolled = ([set]: KubeObject[]) => (set !== undefined && isRolled(set)) || undefined;
    await world.kube.until(where, `DaemonSet ${name} to be rolled`, waits.agentsRolled, rolled);
  }
  world.recovered('CNI rolled');
}

function isRolled({ metadata, status = {} }: KubeObject): boolean {
  const { observedGeneration = 0, desiredNumberScheduled: all = 0, updatedNumberScheduled, numberAvailable } = status;
  const counts = [updatedNumberScheduled ?? 0, numberAvailable ?? 0];
  return observedGeneration >= (metadata.generation ?? 0) && counts.every((count) => count === all);
}

/** Pods come to a Pod's node and those before them go, again and again, while the CNI's agent there is killed. */
export async function churnWithoutAgent(world: World, count: number, pod: string, times: number): Promise<void> {
  const { node, namespace } = world.actor(pod);
  const { pause } = world.parameters.images;
  let former: string[] = [];
  for (let round = 1; round <= times; round += 1) {
    const names = Array.from({ length: count }, (_, i) => `come-and-go-${round}-${i + 1}`);
    const begin = performance.now();
    await world.disturb(() => Promise.all(names.map((name) => world.create(pausePod(namespace, name, pause, node)))));
    const going = former.map((name) => world.kube.delete({ kind: 'Pod', metadata: { name, namespace } }, { grace: 0 }));
    await Promise.all([...going, loseAgent(world, pod)]);
    const ready = await podsReady(world.kube, namespace, names);
    world.notes.set('many', ready);
    world.measure(`round ${round}, ${count} Pods created -> all Ready`, performance.now() - begin, 'ms');
    former = names;
  }
  world.changedAt = performance.now();
}
