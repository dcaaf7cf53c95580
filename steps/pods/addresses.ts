import { deepEqual, equal, ok } from 'node:assert';
import { podsReady, startedAgain } from '../actor.ts';
import { type KubeObject, objectOf } from '../kube/index.ts';
import { waits } from '../waits.ts';
import { pausePod } from '../workloads/index.ts';
import type { World } from '../world.ts';
import { dial } from './payloads.ts';

const addressOf = (pod: KubeObject): string => `${pod['status']?.podIP ?? ''}`;
const isLive = ({ spec, status, metadata }: KubeObject): boolean =>
  !spec.hostNetwork && status?.phase === 'Running' && metadata.deletionTimestamp === undefined;

function expectUnique(pods: KubeObject[]): void {
  const byAddress = Map.groupBy(pods, addressOf);
  const shared = [...byAddress].filter(([address, all]) => address !== '' && all.length > 1);
  const nameOf = ({ metadata }: KubeObject) => `${metadata.namespace}/${metadata.name}`;
  const words = shared.map(([address, all]) => `${address} is that of ${all.map(nameOf).join(' and ')}`);
  ok(shared.length === 0, words.join('; '));
}

export async function expectUniqueAddresses(world: World): Promise<void> {
  const pods = (await world.kube.list({ kind: 'Pod' })).filter(isLive);
  expectUnique(pods);
  world.measure('Pods compared', pods.length, '');
}

/** The API's word and the Pod's own. */
export async function expectOwnAddresses(world: World): Promise<void> {
  for (const { name, ip, channel } of world.actors.values()) {
    const { addresses } = await channel.request('hello', {});
    ok(addresses.includes(ip), `the API says that ${name} is at ${ip}, and its interface has ${addresses.join(', ')}`);
  }
}

export async function createMany(world: World, count: number, namespace: string): Promise<void> {
  const names = Array.from({ length: count }, (_, i) => `one-of-${count}-${i + 1}`);
  const begin = performance.now();
  const real = world.namespace(namespace);
  await Promise.all(names.map((name) => world.create(pausePod(real, name, world.parameters.images.pause))));
  world.notes.set('many', await podsReady(world.kube, real, names));
  world.measure(`${count} Pods created -> all Ready`, performance.now() - begin, 'ms');
}

export function expectAllAddresses(world: World): void {
  const pods = world.notes.get('many') as KubeObject[];
  const without = pods.filter((pod) => addressOf(pod) === '').map(({ metadata }) => metadata.name);
  deepEqual(without, [], `Pods without an address: ${without.join(', ')}`);
  expectUnique(pods);
}

/** Both directions, both protocols: the server sees the client's own address. */
export async function expectNoTranslation(world: World, one: string, other: string): Promise<void> {
  for (const [client, server] of [
    [one, other],
    [other, one],
  ] as const) {
    const { ip } = world.actor(client);
    for (const { seen } of await dial(world, client, [server, `${server}/UDP`]))
      equal(seen, ip, `${server} sees ${client} as ${seen}, and its address is ${ip}`);
  }
}

/** Crashes the agent and follows until the container runs again. Its channel is a new one afterwards. */
export async function crash(world: World, name: string): Promise<void> {
  const actor = world.actor(name);
  await actor.channel.request('crash', {});
  const again = await startedAgain(world.kube, actor, waits.podsReady);
  actor.channel.close();
  world.notes.set('address before', actor.ip);
  await world.disturb(() => world.meet([again], [name]));
}

export function expectAddressKept(world: World, name: string): void {
  const message = `${name} has another address after its container was restarted`;
  equal(world.actor(name).ip, world.notes.get('address before'), message);
}

/** Deletes a Pod; resolves when it is gone. */
export async function deletePod(world: World, name: string): Promise<void> {
  const { reference } = world.actor(name);
  await world.kube.delete(reference, { grace: 0 });
  await world.kube.gone(reference, waits.podGone);
}

/** Deletes a Pod and makes it again from its own declaration. */
export async function remake(world: World, name: string): Promise<void> {
  const { pod, podName, namespace, channel } = world.actor(name);
  channel.close();
  await deletePod(world, name);
  const metadata = { name: podName, namespace, labels: pod.metadata.labels ?? {} };
  await world.disturb(async () => {
    await world.create(objectOf('Pod', metadata, { spec: pod['spec'] }));
    await world.meet(await podsReady(world.kube, namespace, [podName]), [name]);
  });
}
