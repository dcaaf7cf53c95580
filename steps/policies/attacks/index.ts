/** What attackers send: each in a way of its own. */
import { ok } from 'node:assert';
import type { Actor } from '../../actor.ts';
import { NodeShell } from '../../nodes/shell.ts';
import type { Packet } from '../../probe/index.ts';
import { waits } from '../../waits.ts';
import type { World } from '../../world.ts';
import { attack, type Made } from './attack.ts';
import * as packets from './packets.ts';

export { expectUnharmed } from './attack.ts';

const types = { ipv4: 0x0800, ipv6: 0x86dd };

/** The port that all Pods of a scenario serve over UDP. */
const port = 8080;

const throughSocket = (host: string, at: number, bytes: Buffer): Packet => ({
  via: 'socket',
  host,
  port: at,
  bytes: bytes.toString('hex'),
});
const throughLink = (packet: Buffer): Packet => ({ via: 'link', type: types.ipv4, bytes: packet.toString('hex') });
const toAllNodes = (packet: Buffer): Packet => ({
  via: 'link',
  type: types.ipv6,
  mac: packets.allNodesMac,
  bytes: packet.toString('hex'),
});

/** UDP in one packet. */
const plain =
  (from: Actor, to: string, at = port): Made =>
  (nonce) => [throughLink(packets.ipv4(from.ip, to, packets.udp(at, nonce)))];

/** Where VXLAN listens: the port that was given to it, and the one that Linux took before. */
const tunnelPorts = [4789, 8472];
/** The networks of flannel, Calico and netvet. Others are as closed as these if they look at who sends. */
const identifiers = [1, 4096, 7878];

/**
 * Into the tunnel of each node: packets as if another Pod had sent them. `insiders` are on the nodes' own networks:
 * they tell the MAC addresses of the nodes, among which is that of the tunnel's end.
 */
export async function attackThroughTunnel(
  world: World,
  attacker: string,
  pretended: string,
  victim: string,
  insiders: string[],
  friend: string,
): Promise<void> {
  const nodes = await Promise.all(
    insiders.map(async (name) => {
      const { ip, channel } = world.actor(name);
      return { ip, ...(await channel.request('links', {})) };
    }),
  );
  const [as, to, control] = [pretended, victim, friend].map((name) => world.actor(name)) as [Actor, Actor, Actor];
  const forbidden: Made = (nonce) => {
    const inner = packets.ipv4(as.ip, to.ip, packets.udp(port, nonce));
    return nodes.flatMap(({ ip, macs }) =>
      tunnelPorts.flatMap((at) =>
        identifiers.flatMap((id) => macs.map((mac) => throughSocket(ip, at, packets.vxlan(id, mac, inner)))),
      ),
    );
  };
  const own: Made = (nonce) => [throughSocket(control.ip, port, Buffer.from(`netvet ${nonce} `))];
  await attack(world, world.actor(attacker), forbidden, [control, own]);
}

/** From the address of another Pod. */
export async function attackFromAddress(
  world: World,
  attacker: string,
  pretended: string,
  victim: string,
  friend: string,
): Promise<void> {
  const [from, control] = [world.actor(attacker), world.actor(friend)];
  const forbidden = plain(world.actor(pretended), world.actor(victim).ip);
  await attack(world, from, forbidden, [control, plain(from, control.ip)]);
}

/** A fragment to a port that is open, and in its place one to a port that is not. */
export async function attackInFragments(
  world: World,
  attacker: string,
  open: number,
  victim: string,
  friend: string,
): Promise<void> {
  const [from, to, control] = [attacker, victim, friend].map((name) => world.actor(name)) as [Actor, Actor, Actor];
  let id = 0;
  const forbidden: Made = (nonce) => {
    id += 1;
    const [first] = packets.inFragments(from.ip, to.ip, packets.udp(open, nonce), id);
    const closed = packets.inFragments(from.ip, to.ip, packets.udp(port, nonce), id);
    return [first as Buffer, ...closed].map(throughLink);
  };
  const own: Made = (nonce) => {
    id += 1;
    return packets.inFragments(from.ip, control.ip, packets.udp(port, nonce), id).map(throughLink);
  };
  await attack(world, from, forbidden, [control, own]);
}

/** A free UDP port that an agent serves from now on, at one address of its node. */
async function serveAt(world: World, { channel }: Actor, host: string): Promise<number> {
  const { port: served } = await channel.request('listen', { protocol: 'UDP', port: 0, host });
  world.defer(() => channel.request('unlisten', { protocol: 'UDP', port: served }));
  return served;
}

/** kube-proxy sets it, so that node ports answer on localhost, and leaves it. As before after the scenario. */
export async function routeLocalhost(world: World, pod: string): Promise<void> {
  const shell = await NodeShell.open(world, world.actor(pod).node, 'nothing');
  const file = '/proc/sys/net/ipv4/conf/all/route_localnet';
  const before = await shell.must(`cat ${file} && echo 1 >${file}`);
  world.defer(() => shell.must(`echo "$1" >${file}`, before));
}

/** To what a Pod on the node's own network serves on localhost; and to what it serves at the node's address. */
export async function attackLocalhost(world: World, attacker: string, insider: string): Promise<void> {
  const [from, on] = [world.actor(attacker), world.actor(insider)];
  const [closed, open] = [await serveAt(world, on, '127.0.0.1'), await serveAt(world, on, on.ip)];
  await attack(world, from, plain(from, '127.0.0.1', closed), [on, plain(from, on.ip, open)]);
}

/** The attacker says that it is a router. Reported: whether the node takes in what it sends from such an address. */
export async function advertiseRouter(world: World, attacker: string, insider: string): Promise<void> {
  const [from, on] = [world.actor(attacker), world.actor(insider)];
  const open = await serveAt(world, on, on.ip);
  const six = await serveAt(world, on, '::').catch(() => undefined);
  const advertisement: Made = (nonce) =>
    [packets.routerAdvertisement(1_800), ...(six === undefined ? [] : [packets.udpToAllNodes(six, nonce)])].map(
      toAllNodes,
    );
  // a node that has believed it forgets it
  const end = toAllNodes(packets.routerAdvertisement(0));
  world.defer(() => from.channel.request('send', { packets: [end] }, waits.channelReply));
  await attack(world, from, advertisement, [on, plain(from, on.ip, open)]);
  const { arrivals } = await on.channel.request('arrivals', { prefix: world.notes.get('attack') as string });
  world.measure('bursts that its node took from a link-local address', arrivals.length, '');
}

export async function expectNoRouter(world: World, insider: string, attacker: string): Promise<void> {
  const { node, channel } = world.actor(insider);
  const { routers } = await channel.request('links', {}, waits.channelReply);
  const through = `what ${node} sends by IPv6 to addresses that it has no other route to, it sends through ${attacker}`;
  ok(!routers.includes(packets.router.toString('hex')), through);
}
