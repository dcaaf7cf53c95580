/** What attackers send: each in a way of its own. */
import { ok } from 'node:assert';
import type { Actor } from '../../actor.ts';
import { NodeShell } from '../../nodes/shell.ts';
import { BrokenError } from '../../outcome.ts';
import { waits } from '../../waits.ts';
import type { World } from '../../world.ts';
import { attack, type Made, prefixOf } from './attack.ts';
import * as packets from './packets.ts';
import { datagram, plain, plainTo, port, serveAt, throughLink, toAllNodes } from './sending.ts';

export { expectUnharmed } from './attack.ts';
export { attackThroughTunnel } from './tunnel.ts';

/** From the address of another Pod, which goes on to reach the victim. */
export async function attackFromAddress(
  world: World,
  attacker: string,
  pretended: string,
  victim: string,
  friends: string[],
): Promise<void> {
  const [from, as, to] = [attacker, pretended, victim].map((name) => world.actor(name)) as [Actor, Actor, Actor];
  const own = friends.map((name) => plainTo(from, world.actor(name)));
  await attack(world, { from, forbidden: plain(as, to.ip), port, proofs: [...own, datagram(as, to)] });
}

/** A fragment to a port that is open, and in its place one to a port that is open to somebody else only. */
export async function attackInFragments(
  world: World,
  attacker: string,
  open: number,
  victim: string,
  other: string,
): Promise<void> {
  const [from, to] = [world.actor(attacker), world.actor(victim)];
  await to.channel.request('listen', { protocol: 'UDP', port: open });
  world.defer(() => to.channel.request('unlisten', { protocol: 'UDP', port: open }));
  let id = 0;
  const parts = (on: number, nonce: string) => packets.inFragments(from.ip, to.ip, packets.udp(on, nonce), id);
  const forbidden: Made = (nonce) => {
    id += 1;
    const [first] = parts(open, nonce);
    return [first as Buffer, ...parts(port, nonce)].map(throughLink);
  };
  const sound: Made = (nonce) => {
    id += 1;
    return parts(open, nonce).map(throughLink);
  };
  const proofs = [{ from, at: to, port: open, packets: sound }, datagram(world.actor(other), to)];
  await attack(world, { from, forbidden, port, proofs });
}

/** kube-proxy sets it, so that node ports answer on localhost, and leaves it. As before after the scenario. */
export async function routeLocalhost(world: World, pod: string): Promise<void> {
  const shell = await NodeShell.open(world, world.actor(pod).node, 'nothing');
  const file = '/proc/sys/net/ipv4/conf/all/route_localnet';
  const before = await shell.must(`cat ${file}`);
  await shell.willTakeBack('packets for localhost are routed', `echo ${before === '0' ? 0 : 1} >${file}`);
  await shell.must(`echo 1 >${file}`);
}

/** To what a Pod on the node's own network serves on localhost; and to what it serves at the node's address. */
export async function attackLocalhost(world: World, attacker: string, insider: string): Promise<void> {
  const [from, on] = [world.actor(attacker), world.actor(insider)];
  const localhost = '127.0.0.1';
  const [closed, open] = [await serveAt(world, on, localhost), await serveAt(world, on, on.ip)];
  const proofs = [plainTo(from, on, open), datagram(on, on, closed, localhost)];
  await attack(world, { from, forbidden: plain(from, localhost, closed), port: closed, proofs });
}

/** The attacker says that it is a router. Reported: whether the node takes in what it sends from such an address. */
export async function advertiseRouter(world: World, attacker: string, insider: string): Promise<void> {
  const [from, on] = [world.actor(attacker), world.actor(insider)];
  if (await hasRouter(on)) throw new BrokenError(`${on.node} has such a way out before anybody attacks`);
  const open = await serveAt(world, on, on.ip);
  const six = await serveAt(world, on, '::').catch(() => undefined);
  const advertisement: Made = (nonce) =>
    [packets.routerAdvertisement(1_800), ...(six === undefined ? [] : [packets.udpToAllNodes(six, nonce)])].map(
      toAllNodes,
    );
  // a node that has believed it forgets it
  const end = toAllNodes(packets.routerAdvertisement(0));
  world.defer(() => from.channel.request('send', { packets: [end] }, waits.channelReply));
  await attack(world, { from, forbidden: advertisement, port: open, proofs: [plainTo(from, on, open)] });
  const { arrivals } = await on.channel.request('arrivals', { prefix: prefixOf(world) });
  world.measure('bursts that its node took from a link-local address', arrivals.length, '');
}

/** Whether what a node cannot send elsewhere by IPv6 goes to where the attacker says that it is. */
async function hasRouter({ channel }: Actor): Promise<boolean> {
  const { routers } = await channel.request('links', {}, waits.channelReply);
  return routers.includes(packets.router.toString('hex'));
}

export async function expectNoRouter(world: World, insider: string, attacker: string): Promise<void> {
  const on = world.actor(insider);
  const what = `what ${on.node} sends by IPv6 to addresses that it has no other route to`;
  ok(!(await hasRouter(on)), `${what}, it sends through ${attacker}`);
}
