import { Actor, podsReady } from '../actor.ts';
import type { KubeObject } from '../kube/index.ts';
import { SkipError } from '../outcome.ts';
import { pairs } from '../tables.ts';
import { waits } from '../waits.ts';
import { agentPod, pausePod, usualListeners } from '../workloads/index.ts';
import type { NetvetWorld } from '../world.ts';

/** Light Pods made at once while the address is far away, and agents when it is near. */
const batch = 16;
const near = 6;

const number = (ip: string): number => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

/**
 * Deletes a Pod and starts others on its node until one of them gets its address. Most address managers give addresses out
 * in turn (host-local does), so light Pods use up those in between and only the last few are Pods with agents.
 * Skips the scenario when the address has not come back in time.
 */
export async function handOverAddress(world: NetvetWorld, former: string, heir: string, labels: string): Promise<void> {
  const { ip, node, namespace, podName } = world.actor(former);
  const reference = { kind: 'Pod', metadata: { name: podName, namespace } };
  await world.kube.delete(reference, { grace: 0 });
  await world.kube.gone(reference, waits.podGone);
  const deadline = performance.now() + waits.addressReuse;
  let cursor = number(ip);
  let used = 0;
  for (let round = 0; performance.now() < deadline; round += 1) {
    const distance = number(ip) - cursor;
    const last = distance > 0 && distance <= near;
    const count = last ? near : distance > 0 ? Math.min(batch, distance - near + 1) : batch;
    const names = Array.from({ length: count }, (_, i) => `${heir}-${round}-${i}`);
    const { images } = world.parameters;
    const pod = { labels: pairs(labels), listeners: usualListeners, node };
    const objects = names.map((name) =>
      last ? agentPod(namespace, name, images.node, pod) : pausePod(namespace, name, images.pause, node),
    );
    const pods = await make(world, namespace, objects);
    used += pods.length;
    const found = pods.find(({ status }) => status.podIP === ip);
    if (found !== undefined && last) {
      const actor = await Actor.meet(world.kube, heir, found);
      world.actors.set(heir, actor);
      world.measure('Pods until the address came back', used, '');
      world.defer(async () => actor.channel.close());
      return;
    }
    cursor = Math.max(...pods.map(({ status }) => number(status.podIP)));
    if (!last) await Promise.all(pods.map((one) => world.kube.delete(one, { grace: 0 })));
  }
  throw new SkipError(
    `the address ${ip} was not given out again within ${waits.addressReuse / 1000} s, to ${used} Pods`,
  );
}

async function make(world: NetvetWorld, namespace: string, objects: KubeObject[]): Promise<KubeObject[]> {
  await Promise.all(objects.map((object) => world.create(object)));
  return podsReady(
    world.kube,
    namespace,
    objects.map(({ metadata }) => metadata.name),
  );
}
