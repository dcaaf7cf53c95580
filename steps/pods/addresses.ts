import { deepEqual, equal, ok } from 'node:assert';
import { podsReady } from '../actor.ts';
import { orFault } from '../fault.ts';
import type { KubeObject } from '../kube/index.ts';
import type { Protocol } from '../probe/index.ts';
import { waits } from '../waits.ts';
import { pausePod } from '../workloads/index.ts';
import type { NetvetWorld } from '../world.ts';

const addressOf = (pod: KubeObject): string => `${pod['status']?.podIP ?? ''}`;
const isLive = ({ spec, status, metadata }: KubeObject): boolean =>
  !spec.hostNetwork && status?.phase === 'Running' && metadata.deletionTimestamp === undefined;

function expectUnique(pods: KubeObject[]): void {
  const byAddress = Map.groupBy(pods, addressOf);
  const shared = [...byAddress].filter(([address, all]) => address !== '' && all.length > 1);
  const words = shared.map(
    ([address, all]) =>
      `${address} is that of ${all.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).join(' and ')}`,
  );
  ok(shared.length === 0, words.join('; '));
}

export async function expectUniqueAddresses(world: NetvetWorld): Promise<void> {
  const pods = (await world.kube.list({ kind: 'Pod' })).filter(isLive);
  expectUnique(pods);
  world.measure('Pods compared', pods.length, '');
}

/** The API's word and the Pod's own. */
export async function expectOwnAddresses(world: NetvetWorld): Promise<void> {
  for (const { name, ip, channel } of world.actors.values()) {
    const { addresses } = await channel.request('hello', {});
    ok(addresses.includes(ip), `the API says that ${name} is at ${ip}, and its interface has ${addresses.join(', ')}`);
  }
}

export async function createMany(world: NetvetWorld, count: number, namespace: string): Promise<void> {
  const names = Array.from({ length: count }, (_, i) => `one-of-${count}-${i + 1}`);
  const begin = performance.now();
  const real = world.namespace(namespace);
  await Promise.all(names.map((name) => world.create(pausePod(real, name, world.parameters.images.pause))));
  world.notes.set('many', await podsReady(world.kube, real, names));
  world.measure(`${count} Pods created -> all Ready`, performance.now() - begin, 'ms');
}

export function expectAllAddresses(world: NetvetWorld): void {
  const pods = world.notes.get('many') as KubeObject[];
  const without = pods.filter((pod) => addressOf(pod) === '').map(({ metadata }) => metadata.name);
  deepEqual(without, [], `Pods without an address: ${without.join(', ')}`);
  expectUnique(pods);
}

/** Both directions, both protocols: the server sees the client's own address. */
export async function expectNoTranslation(world: NetvetWorld, one: string, other: string): Promise<void> {
  const timeoutMs = world.answerMs;
  for (const [client, server] of [
    [one, other],
    [other, one],
  ] as const) {
    const { host, port } = world.target(server);
    const attempts = (['TCP', 'UDP'] as Protocol[]).map((protocol) => ({
      nonce: world.freshKey(),
      host,
      port,
      protocol,
    }));
    const dial = () => world.actor(client).channel.request('probe', { attempts, timeoutMs }, timeoutMs);
    const { reports } = await world.looking.once(timeoutMs, dial);
    for (const { seen } of reports) {
      equal(
        seen,
        world.actor(client).ip,
        `${server} sees ${client} as ${seen}, and its address is ${world.actor(client).ip}`,
      );
    }
  }
}

/** Crashes the agent and follows until the container runs again. Its channel is a new one afterwards. */
export async function crash(world: NetvetWorld, name: string): Promise<void> {
  const { pod, podName, namespace, channel } = world.actor(name);
  const restarts = ({ status }: KubeObject): number => status?.containerStatuses?.[0]?.restartCount ?? 0;
  await channel.request('crash', {});
  const where = { kind: 'Pod', namespace, name: podName };
  const ready = ({ status }: KubeObject): boolean => status?.containerStatuses?.[0]?.ready === true;
  const waiting = world.kube.until(where, `${name} to be restarted`, waits.podsReady, ([now]) =>
    now !== undefined && restarts(now) > restarts(pod) && ready(now) ? now : undefined,
  );
  const again = await orFault(world.kube, namespace, waiting, [podName]);
  channel.close();
  world.notes.set('address before', addressOf(pod));
  await world.disturb(() => world.meet([again], [name]));
}

export function expectAddressKept(world: NetvetWorld, name: string): void {
  equal(
    world.actor(name).ip,
    world.notes.get('address before'),
    `${name} has another address after its container was restarted`,
  );
}

/** Deletes a Pod and makes it again from its own declaration. */
export async function remake(world: NetvetWorld, name: string): Promise<void> {
  const { pod, podName, namespace, channel } = world.actor(name);
  const reference = { kind: 'Pod', metadata: { name: podName, namespace } };
  channel.close();
  await world.kube.delete(reference, { grace: 0 });
  await world.kube.gone(reference, waits.podGone);
  const metadata = { name: podName, namespace, labels: pod.metadata.labels ?? {} };
  await world.disturb(async () => {
    await world.create({ apiVersion: 'v1', kind: 'Pod', metadata, spec: pod['spec'] });
    await world.meet(await podsReady(world.kube, namespace, [podName]), [name]);
  });
}
