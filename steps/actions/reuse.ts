import { Actor, podsReady } from '../actor.ts';
import type { KubeObject } from '../kube/index.ts';
import { SkipError } from '../outcome.ts';
import { pairs } from '../tables.ts';
import { waits } from '../waits.ts';
import { agentPod, pausePod, usualListeners } from '../workloads/index.ts';
import type { NetvetWorld } from '../world.ts';

/** Light Pods made at once while the address is far away, and agents when it is near. */
const batch = 40;
const near = 8;

const number = (ip: string): number => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

/** How many addresses the node gives out before it begins again: its podCIDR, or what most clusters have. */
async function rangeOf(world: NetvetWorld, node: string): Promise<number> {
  const { spec } = await world.kube.read({ kind: 'Node', metadata: { name: node } });
  return 2 ** (32 - Number(`${spec.podCIDR ?? '/24'}`.split('/')[1]));
}

/**
 * Deletes a Pod and starts others on its node until one of them gets its address. Most address managers give addresses out
 * in turn (host-local does), so light Pods use up those in between and only the last few are Pods with agents.
 * Skips the scenario when the address has not come back in time.
 */
export async function handOverAddress(world: NetvetWorld, former: string, heir: string, labels: string): Promise<void> {
  const { ip, node, namespace, podName } = world.actor(former);
  const range = await rangeOf(world, node);
  const { images } = world.parameters;
  const reference = { kind: 'Pod', metadata: { name: podName, namespace } };
  await world.kube.delete(reference, { grace: 0 });
  await world.kube.gone(reference, waits.podGone);
  const deadline = performance.now() + waits.addressReuse;
  const agent = { labels: pairs(labels), listeners: usualListeners, node };
  let cursor = number(ip);
  let used = 0;
  let before: KubeObject[] = [];
  while (performance.now() < deadline) {
    const distance = (number(ip) - cursor + range - 1) % range;
    const last = distance < near;
    const names = Array.from(
      { length: last ? near : Math.min(batch, distance - near + 1) },
      (_, i) => `${heir}-${used + i}`,
    );
    used += names.length;
    const make = (name: string) =>
      last ? agentPod(namespace, name, images.node, agent) : pausePod(namespace, name, images.pause, node);
    const pods = await start(world, namespace, names.map(make), last);
    // one batch stays while the next one starts: deleting costs as much as starting, and a node takes only so many
    await remove(world, before);
    before = last ? [] : pods;
    const found = pods.find(({ status }) => status.podIP === ip);
    if (found !== undefined && last) return meet(world, heir, found, used);
    cursor = farthest(pods, cursor, range);
  }
  throw new SkipError(
    `the address ${ip} was not given out again within ${waits.addressReuse / 1000} s, to ${used} Pods`,
  );
}

/** The address that was given out last: the one farthest from where the round began. */
function farthest(pods: KubeObject[], from: number, range: number): number {
  const steps = pods.map(({ status }) => (number(status.podIP) - from + range) % range);
  return from + Math.max(...steps);
}

async function meet(world: NetvetWorld, heir: string, pod: KubeObject, used: number): Promise<void> {
  const actor = await Actor.meet(world.kube, heir, pod);
  world.actors.set(heir, actor);
  world.measure('Pods until the address came back', used, '');
  world.defer(async () => actor.channel.close());
}

/** Resolves when all have an address, and those that are to stay are Ready. */
async function start(
  world: NetvetWorld,
  namespace: string,
  objects: KubeObject[],
  stay: boolean,
): Promise<KubeObject[]> {
  await Promise.all(objects.map((object) => world.create(object)));
  const names = objects.map(({ metadata }) => metadata.name);
  if (stay) return podsReady(world.kube, namespace, names);
  const what = `addresses for ${names.length} Pods`;
  return world.kube.until({ kind: 'Pod', namespace }, what, waits.podsReady, (all) => {
    const mine = all.filter(({ metadata, status }) => names.includes(metadata.name) && status?.podIP);
    return mine.length === names.length ? mine : undefined;
  });
}

async function remove(world: NetvetWorld, pods: KubeObject[]): Promise<void> {
  await Promise.all(pods.map(({ metadata }) => world.kube.delete({ kind: 'Pod', metadata }, { grace: 0 })));
}
