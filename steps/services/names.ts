import { type Actor, isReady } from '../actor.ts';
import { BrokenError } from '../outcome.ts';
import type { DnsKind } from '../probe/index.ts';
import { cadence } from '../waits.ts';
import type { World } from '../world.ts';

/** The name is not there (NXDOMAIN), or has no record of this kind (an empty answer): whoever says so has answered. */
const isAbsent = ({ records, errno = '' }: { records: string[]; errno?: string }): boolean =>
  records.length === 0 && /^(ENOTFOUND|ENODATA)$/.test(errno);

/** `data.(shop).svc.(domain)` with the real name of the namespace and of the cluster's domain. */
export async function dnsName(world: World, text: string): Promise<string> {
  const [anyone] = world.actors.values();
  if (anyone === undefined) throw new BrokenError('no Pod is there to tell the domain of the cluster');
  const { search } = await anyone.channel.request('hello', {});
  const domain = search.find((one) => one.startsWith('svc.'))?.slice('svc.'.length) ?? 'cluster.local';
  return text.replaceAll(/\(([a-z0-9-]+)\)/g, (_, name: string) =>
    name === 'domain' ? domain : world.namespace(name),
  );
}

/** One query, or a look-up; it may take its time: a resolver tries its servers one after the other, and sends again. */
async function resolve(world: World, { channel }: Actor, kind: DnsKind, name: string, timeoutMs = world.answerMs) {
  return channel.request('resolve', { kind, name, timeoutMs }, timeoutMs);
}

/** Follows the last change until every name gives exactly the records. */
async function expectRecords(world: World, client: string, kind: DnsKind, names: string[], expected: string[]) {
  const asked = await Promise.all(names.map((name) => dnsName(world, name)));
  const wanted = expected.toSorted().join(', ');
  const actor = world.actor(client);
  const there = await dnsName(world, 'kubernetes.default.svc.(domain)');
  const look = async () => {
    const replies = await Promise.all(asked.map((name) => resolve(world, actor, kind, name)));
    // that a name is absent is known only from a resolver that answers: it finds another one at the same time
    if (wanted === '') {
      const control = await resolve(world, actor, 'A', there);
      if (control.records.length === 0)
        return { right: false, seen: `${client} does not even find ${there}: ${control.errno ?? 'nothing'}` };
    }
    const right = replies.every((reply) => (wanted === '' ? isAbsent(reply) : reply.records.join(', ') === wanted));
    const seen = replies.map(({ records, errno }, i) => `${asked[i]} is ${records.join(', ') || (errno ?? 'nothing')}`);
    return { right, seen: `${kind} ${seen.join('; ')}; expected was ${wanted || 'nothing'}` };
  };
  await world.looking.follow(`${client} finds ${names.join(', ')}`, look, cadence.dense, world.answerMs);
}

/** Skips the scenario where the cluster's names are served by something else than Pods with these labels. */
export async function needPods(world: World, label: string): Promise<void> {
  const pods = await world.kube.list({ kind: 'Pod', namespace: 'kube-system', labelSelector: label });
  world.skipIf(!pods.some(isReady) && `no Ready Pod in kube-system is labelled ${label}: names come from elsewhere`);
}

const addressOf = (world: World, service: string): string => world.service(service)['spec'].clusterIP as string;

/** As programs look names up: through resolv.conf and its search list. */
export const expectServiceNames = (world: World, client: string, service: string, names: string[]): Promise<void> =>
  expectRecords(world, client, 'lookup', names, [addressOf(world, service)]);

/** The name is absent in each domain of the cluster's search list. As it stands, servers outside answer for it. */
export async function expectNothing(world: World, client: string, name: string): Promise<void> {
  const { search } = await world.actor(client).channel.request('hello', {});
  const domain = await dnsName(world, '(domain)');
  const own = search.filter((one) => one === domain || one.endsWith(`.${domain}`));
  if (own.length === 0) throw new BrokenError(`${client} has no search list of the cluster: ${search.join(' ')}`);
  const names = own.map((one) => `${name}.${one}`);
  await expectRecords(world, client, 'A', names, []);
}

export const expectAddresses = (world: World, client: string, pods: string[], name: string): Promise<void> =>
  expectRecords(world, client, 'A', [name], ipsOf(world, pods));

const ipsOf = (world: World, pods: string[]): string[] => pods.map((pod) => world.actor(pod).ip);

export async function expectSrv(world: World, client: string, record: string, name: string): Promise<void> {
  await expectRecords(world, client, 'SRV', [name], [await dnsName(world, record)]);
}

export async function expectReverse(world: World, client: string, name: string, service: string): Promise<void> {
  await expectRecords(world, client, 'PTR', [addressOf(world, service)], [await dnsName(world, name)]);
}

/** One SRV record for each Pod, each with the port, and a target that is the Pod's address. */
export async function expectSrvOfPods(world: World, client: string, port: number, pods: string[], name: string) {
  const asked = await dnsName(world, name);
  const actor = world.actor(client);
  const wanted = ipsOf(world, pods).toSorted();
  await world.looking.follow(`${client} finds ${name}`, async () => {
    const { records, errno } = await resolve(world, actor, 'SRV', asked);
    const targets = records.map((record) => record.split(' ') as [string, string]);
    const found = await Promise.all(targets.map(([, target]) => resolve(world, actor, 'A', target)));
    const addresses = found.flatMap((one) => one.records).toSorted();
    const right = targets.every(([number]) => Number(number) === port) && addresses.join() === wanted.join();
    const seen = `SRV ${asked} is ${records.join(', ') || errno}, which are ${addresses.join(', ')}`;
    return { right, seen: `${seen}; expected were ${wanted.join(', ')}` };
  });
}

/**
 * The name gives an answer to this Pod's own queries, or none of them is answered: an answer that there is no such name
 * has come from a server that must not be reached. Others of the scenario find the name at the same time.
 */
export async function expectResolves(world: World, client: string, service: string, resolves: boolean): Promise<void> {
  const name = await dnsName(world, `${service}.(shop).svc.(domain)`);
  // of each node one may be asked: whoever is in a policy's way as well is not the only one
  const others = [...world.actors.values()].filter(({ name: one }) => one !== client);
  await world.looking.follow(`${client} ${resolves ? 'resolves' : 'no longer resolves'} ${service}`, async () => {
    const { timeoutMs } = world;
    const ask = (actor: Actor) => resolve(world, actor, 'A', name, timeoutMs);
    const [reply, controls] = await Promise.all([ask(world.actor(client)), Promise.all(others.map(ask))]);
    const { records, errno } = reply;
    const seen = `${name} is ${records.join(', ') || errno} to ${client}`;
    if (resolves) return { right: records.length > 0, seen };
    const known = controls.some((control) => control.records.length > 0);
    const right = records.length === 0 && !isAbsent(reply) && known;
    const isCertain = records.length > 0 || isAbsent(reply);
    return { right, isCertain, seen: known ? seen : `${seen}, and nobody else finds it either` };
  });
}
