/** Ways to send a datagram, and who is to hear it. */
import type { Actor } from '../../actor.ts';
import type { Packet } from '../../probe/index.ts';
import type { World } from '../../world.ts';
import type { Made, Sent } from './attack.ts';
import * as packets from './packets.ts';

const types = { ipv4: 0x0800, ipv6: 0x86dd };

/** The port that all Pods of a scenario serve over UDP. */
export const port = 8080;

export const throughSocket = (host: string, at: number, bytes: Buffer): Packet => ({
  via: 'socket',
  host,
  port: at,
  bytes: bytes.toString('hex'),
});

export const throughLink = (packet: Buffer): Packet => ({
  via: 'link',
  type: types.ipv4,
  bytes: packet.toString('hex'),
});

export const toAllNodes = (packet: Buffer): Packet => ({
  via: 'link',
  type: types.ipv6,
  mac: packets.allNodesMac,
  bytes: packet.toString('hex'),
});

/** UDP in one packet, past the sender's own routes. */
export const plain =
  (from: Actor, to: string, at = port): Made =>
  (nonce) => [throughLink(packets.ipv4(from.ip, to, packets.udp(at, nonce)))];

/** The same to somebody who may hear it. */
export const plainTo = (from: Actor, at: Actor, on = port): Sent => ({
  from,
  at,
  port: on,
  packets: plain(from, at.ip, on),
});

/** As every program sends it. */
export const datagram = (from: Actor, at: Actor, on = port, host = at.ip): Sent => ({
  from,
  at,
  port: on,
  packets: (nonce) => [throughSocket(host, on, Buffer.from(`netvet ${nonce} `))],
});

/** A UDP port that an agent serves from now on, at one address of its node; by default a free one. */
export async function serveAt(world: World, { channel }: Actor, host: string): Promise<number> {
  const { port: served } = await channel.request('listen', { protocol: 'UDP', port: 0, host });
  world.defer(() => channel.request('unlisten', { protocol: 'UDP', port: served }));
  return served;
}
