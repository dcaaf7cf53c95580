import type { DataTable } from '@cucumber/cucumber';
import { podsReady } from '../actor.ts';
import { orFault } from '../fault.ts';
import type { KubeObject } from '../kube/index.ts';
import { SkipError } from '../outcome.ts';
import { deletePod } from '../pods/addresses.ts';
import { waits } from '../waits.ts';
import { agentPod, pausePod, usualListeners } from '../workloads/index.ts';
import type { World } from '../world.ts';

/** Pods made at once: light ones while the addresses are far away, few for the neighbours' sake, agents when near. */
const batch = 10;
const near = 8;

const number = (ip: string): number => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

/** How many addresses the node gives out before it begins again: its podCIDR, or what most clusters have. */
async function rangeOf(world: World, node: string): Promise<number> {
  const { spec } = await world.kube.read({ kind: 'Node', metadata: { name: node } });
  return 2 ** (32 - Number(`${spec.podCIDR ?? '/24'}`.split('/')[1]));
}

/** Lets a Pod end by itself; its object stays, and still shows its address. */
async function endPod(world: World, name: string): Promise<void> {
  const { namespace, podName, channel } = world.actor(name);
  await channel.request('crash', {});
  const where = { kind: 'Pod', namespace, name: podName };
  const hasEnded = ([pod]: KubeObject[]) => pod?.['status'].phase === 'Failed' || undefined;
  await world.kube.until(where, `${name} to end`, waits.podGone, hasEnded);
  channel.close();
}

/** Deletes a Pod, lets another one end, and hands their addresses over; the table says to whom. */
export async function passOn(
  world: World,
  deleted: string,
  ended: string,
  labels: Record<string, string>,
  table: DataTable,
): Promise<void> {
  const leave = () => Promise.all([deletePod(world, deleted), endPod(world, ended)]);
  await handOver(world, table.rows() as [string, string][], labels, leave);
}

/**
 * Starts Pods on a node until new ones have got the addresses of Pods that are gone. Most address managers give
 * addresses out in turn (host-local does), so light Pods use up those in between and only those near them are Pods with
 * agents. `heirs`: who is gone -> what the scenario calls the new Pod. They `leave` when it is nearly their addresses'
 * turn, or Pods of others, which stay, could get those first. Skips when they have not come back in time.
 */
async function handOver(
  world: World,
  heirs: [string, string][],
  labels: Record<string, string>,
  leave: () => Promise<unknown>,
): Promise<void> {
  const wanted = new Map(heirs.map(([gone, heir]) => [world.actor(gone).ip, heir]));
  const { node, namespace } = world.actor((heirs[0] as [string, string])[0]);
  const range = await rangeOf(world, node);
  const { images } = world.parameters;
  const deadline = performance.now() + waits.addressReuse;
  const agent = { labels, listeners: usualListeners, node };
  let cursor = Math.max(...[...wanted.keys()].map(number));
  let used = 0;
  let areGone = false;
  let before: KubeObject[] = [];
  while (wanted.size > 0 && performance.now() < deadline) {
    const ahead = Math.min(...[...wanted.keys()].map((ip) => steps(cursor + 1, number(ip), range)));
    const distance = ahead - (await taken(world, node, cursor + 1, ahead, range));
    const isNear = distance < near;
    // where addresses are not given out in turn, one round is enough
    if (!areGone && (isNear || used > range)) {
      await leave();
      areGone = true;
      continue;
    }
    const count = isNear ? near : Math.min(batch, distance - near + 1);
    const fresh = Array.from({ length: count }, (_, i) => `next-${used + i}`);
    used += count;
    const make = (name: string) =>
      isNear ? agentPod(namespace, name, images.node, agent) : pausePod(namespace, name, images.pause, node);
    const pods = await start(world, namespace, fresh.map(make), isNear);
    // one batch stays while the next one starts: deleting costs as much as starting, and a node takes only so many
    await remove(world, before);
    const found = isNear ? pods.filter(({ status }) => wanted.has(status.podIP)) : [];
    before = pods.filter((pod) => !found.includes(pod));
    const names = found.map(({ status }) => wanted.get(status.podIP) as string);
    await world.meet(found, names);
    for (const { status } of found) wanted.delete(status.podIP);
    cursor = farthest(pods, cursor, range);
  }
  // as in world.start: how long the heirs took to start says nothing of the network
  world.changedAt = performance.now();
  world.measure('Pods until the addresses came back', used, '');
  if (wanted.size === 0) return;
  const within = `within ${waits.addressReuse / 1000} s, to ${used} Pods`;
  throw new SkipError(`${[...wanted.keys()].join(' and ')} were not given out again ${within}`);
}

/** How many of the next `ahead` addresses from `from` on Pods of the node have: they are passed over. */
async function taken(world: World, node: string, from: number, ahead: number, range: number): Promise<number> {
  const pods = await world.kube.list({ kind: 'Pod', node });
  const theirs = pods.filter(({ spec, status }) => !spec.hostNetwork && status?.phase === 'Running');
  const addresses = new Set(theirs.flatMap(({ status }) => status.podIP ?? []));
  return [...addresses].filter((ip) => steps(from, number(ip), range) < ahead).length;
}

/** The address that was given out last: the one farthest from where the round began. */
function farthest(pods: KubeObject[], from: number, range: number): number {
  return from + Math.max(...pods.map(({ status }) => steps(from, number(status.podIP), range)));
}

/** From one address up to another one, beginning again at the end of the range. */
const steps = (from: number, to: number, range: number): number => (((to - from) % range) + range) % range;

/** Resolves when all have an address, and those that are to stay are Ready. */
async function start(world: World, namespace: string, objects: KubeObject[], stay: boolean): Promise<KubeObject[]> {
  await Promise.all(objects.map((object) => world.create(object)));
  const names = objects.map(({ metadata }) => metadata.name);
  if (stay) return podsReady(world.kube, namespace, names);
  const what = `addresses for ${names.length} Pods`;
  const waiting = world.kube.until({ kind: 'Pod', namespace }, what, waits.podsReady, (all) => {
    const mine = all.filter(({ metadata, status }) => names.includes(metadata.name) && status?.podIP);
    return mine.length === names.length ? mine : undefined;
  });
  return orFault(world.kube, namespace, waiting, names);
}

async function remove(world: World, pods: KubeObject[]): Promise<void> {
  await Promise.all(pods.map(({ metadata }) => world.kube.delete({ kind: 'Pod', metadata }, { grace: 0 })));
}
