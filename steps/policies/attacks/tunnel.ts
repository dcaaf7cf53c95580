/** Into tunnels between nodes, as if from a node. */
import type { Actor } from '../../actor.ts';
import type { Packet } from '../../probe/index.ts';
import type { World } from '../../world.ts';
import { attack, doubt, type Made, type Sent } from './attack.ts';
import * as packets from './packets.ts';
import { datagram, port, serveAt, throughSocket } from './sending.ts';

/** Where VXLAN listens: the port that was given to it, and the one that Linux took before. */
const tunnelPorts = [4789, 8472];
/** The networks of flannel, Calico and netvet. Others are as closed as these if they look at who sends. */
const identifiers = [1, 4096, 7878];

/** Where a tunnel ends: a node, by the Pod on its own network that tells the MAC addresses of its links. */
interface End {
  insider: Actor;
  macs: string[];
}

const into = ({ insider, macs }: End, inner: Buffer): Packet[] =>
  tunnelPorts.flatMap((at) =>
    identifiers.flatMap((id) => macs.map((mac) => throughSocket(insider.ip, at, packets.vxlan(id, mac, inner)))),
  );

const inside = (from: Actor, to: Actor, nonce: string) => packets.ipv4(from.ip, to.ip, packets.udp(port, nonce));

/**
 * Into the tunnel of each node: packets as if another Pod had sent them. Of each tunnel it is seen whether it takes in
 * such a frame from another node, which may send it, and whether the attacker's datagrams come to that node at all.
 */
export async function attackThroughTunnel(
  world: World,
  attacker: string,
  pretended: string,
  victim: string,
  insiders: string[],
  friend: string,
): Promise<void> {
  const [from, as, to, control] = [attacker, pretended, victim, friend].map((name) => world.actor(name)) as [
    Actor,
    Actor,
    Actor,
    Actor,
  ];
  const signs: Sent[] = [];
  const signsOf = new Map<End, Sent[]>();
  for (const name of insiders) {
    const insider = world.actor(name);
    const end: End = { insider, macs: (await insider.channel.request('links', {})).macs };
    const own = [await arrivingAt(world, from, insider), ...fromPeer(world, end, [as, control])];
    signs.push(...own);
    signsOf.set(end, own);
  }
  const ends = [...signsOf.keys()];
  const forbidden: Made = (nonce) => ends.flatMap((end) => into(end, inside(as, to, nonce)));
  const proofs = [datagram(from, control), datagram(as, to)];
  const heard = await attack(world, { from, forbidden, port, proofs, signs });
  const lacking = [...signsOf].map(([{ insider }, [reach, peer]]) => {
    const isIn = (sign?: Sent) => sign !== undefined && heard.includes(sign);
    if (isIn(reach) && isIn(peer)) return undefined;
    if (isIn(peer)) return `${from.name} does not reach ${insider.node} by UDP`;
    return `${insider.node} takes in no VXLAN from another node (UDP ${tunnelPorts.join(' and ')})`;
  });
  const open = lacking.filter((why) => why === undefined).length;
  world.measure('tunnels that take in such frames from a node', open, '');
  if (open === 0) doubt(world, `no tunnel that could be attacked so: ${lacking.join('; ')}`);
}

/** The attacker's datagrams come to that node. */
async function arrivingAt(world: World, from: Actor, at: Actor): Promise<Sent> {
  const open = await serveAt(world, at, at.ip);
  return datagram(from, at, open);
}

/** What a node may send into the tunnel of another one: from a Pod of its own to one there. None: no such node. */
function fromPeer(world: World, end: End, pods: Actor[]): Sent[] {
  const { node } = end.insider;
  const isPeer = ({ pod, node: other }: Actor) => pod['spec'].hostNetwork === true && other !== node;
  const peer = [...world.actors.values()].find(isPeer);
  const at = pods.find((pod) => pod.node === node);
  const source = pods.find((pod) => pod.node === peer?.node);
  if (peer === undefined || at === undefined || source === undefined) return [];
  return [{ from: peer, at, port, packets: (nonce) => into(end, inside(source, at, nonce)) }];
}
