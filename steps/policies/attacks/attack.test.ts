import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Actor } from '../../actor.ts';
import { BrokenError, SkipError } from '../../outcome.ts';
import type { Packet } from '../../probe/index.ts';
import { fakeActor, fakeWorld } from '../../testing/fakes.ts';
import { expectUnharmed } from './attack.ts';
import { attackFromAddress, attackInFragments, attackThroughTunnel } from './index.ts';

const textOf = ({ bytes }: Packet) => Buffer.from(bytes, 'hex').toString('latin1');
const nonceIn = (packet: Packet) => /netvet (\S+) /.exec(textOf(packet))?.[1] ?? '';

interface Heard {
  nonce: string;
  port: number;
}

/** Fragments put together, the last first one with what follows it. */
function whole(packets: Packet[]): Packet[] {
  let first = '';
  return packets.flatMap((packet): Packet[] => {
    if (packet.via === 'socket') return [packet];
    const place = Buffer.from(packet.bytes, 'hex').readUInt16BE(6);
    if (place === 0) return [packet];
    if (place !== 0x2000) return [{ ...packet, bytes: first + packet.bytes.slice(2 * 20) }];
    first = packet.bytes;
    return [];
  });
}

/** Pods on a wire: `deliver` says who hears a packet, and at which port. */
function wire(deliver: (from: string, packet: Packet) => [string, number][]) {
  const log = new Map<string, Heard[]>();
  let free = 50_000;
  const pod = (name: string, ip: string, node: string, hostNetwork = false): Actor => {
    log.set(name, []);
    const actor = fakeActor(name, {
      send: ({ packets }) => {
        for (const packet of whole(packets))
          for (const [to, port] of deliver(name, packet)) log.get(to)?.push({ nonce: nonceIn(packet), port });
        return { sent: packets.length };
      },
      arrivals: ({ prefix }) => {
        const all = (log.get(name) ?? []).filter(({ nonce }) => nonce.startsWith(prefix));
        return { arrivals: all.map((one) => ({ ...one, from: '', fromPort: 1, protocol: 'UDP', at: 0 })) };
      },
      witness: () => ({ id: '', arrivals: [], alive: [], since: 0, at: performance.now() }),
      ping: () => ({ at: performance.now() }),
      listen: ({ port }) => ({ port: port || free++ }),
      links: () => ({ macs: ['02:00:00:00:00:02'], routers: [] }),
    });
    actor.pod['spec'].hostNetwork = hostNetwork;
    return Object.assign(actor, { ip, node });
  };
  const pods = [
    pod('reports', '10.1.2.1', 'node2'),
    pod('replica', '10.1.2.2', 'node2'),
    pod('database', '10.1.1.1', 'node1'),
    pod('frontend', '10.1.1.2', 'node1'),
    pod('insider', '10.0.0.2', 'node2', true),
    pod('neighbour', '10.0.0.1', 'node1', true),
  ];
  const addressOf = new Map(pods.map(({ ip, name }) => [ip, name]));
  return { world: fakeWorld(pods).world, addressOf };
}

/** Where a packet goes by its own words. */
function target(packet: Packet): [ip: string, port: number] {
  if (packet.via === 'socket') return [packet.host, packet.port];
  const bytes = Buffer.from(packet.bytes, 'hex');
  return [[...bytes.subarray(16, 20)].join('.'), bytes.readUInt16BE(22)];
}

const isAttack = (packet: Packet) => nonceIn(packet).startsWith('attack-');

test('a victim that hears nobody is not taken for one that is safe', async () => {
  const isDeaf = { now: false };
  const { world, addressOf } = wire((_from, packet) => {
    const [ip, port] = target(packet);
    const name = addressOf.get(ip) ?? '';
    return isAttack(packet) || (isDeaf.now && name === 'database') ? [] : [[name, port]];
  });
  const attack = () => attackFromAddress(world, 'reports', 'frontend', 'database', ['replica', 'frontend']);
  await attack();
  await expectUnharmed(world, 'database');
  isDeaf.now = true;
  await assert.rejects(attack(), /database:8080.UDP has not heard what frontend may send it beside the attack/);
  await assert.rejects(attack(), BrokenError);
});

test('what comes to the port that is open has not come to the closed one', async () => {
  const closedAt = { port: 8081 };
  const { world, addressOf } = wire((_from, packet) => {
    const [ip, port] = target(packet);
    return [[addressOf.get(ip) ?? '', isAttack(packet) ? closedAt.port : port]];
  });
  const attack = () => attackInFragments(world, 'reports', 8081, 'database', 'frontend');
  await attack();
  await expectUnharmed(world, 'database');
  closedAt.port = 8080;
  await attack();
  await assert.rejects(expectUnharmed(world, 'database'), /the attack came to database/);
});

test('a tunnel that no node could use, or that is not reached, is not one that is closed', async () => {
  const tunnel = { isThere: false, isReached: true, isOpen: false };
  const { world, addressOf } = wire((from, packet) => {
    const [ip, port] = target(packet);
    const name = addressOf.get(ip) ?? '';
    if (port !== 4789) return from === 'reports' && name === 'insider' && !tunnel.isReached ? [] : [[name, port]];
    const isOfNode = from === 'insider' || from === 'neighbour';
    if (!tunnel.isThere || !(isOfNode || tunnel.isOpen)) return [];
    // past VXLAN and Ethernet, as its end does
    const inner = { via: 'link', type: 0x0800, bytes: packet.bytes.slice(2 * 22) } as const;
    return [[addressOf.get(target(inner)[0]) ?? '', 8080]];
  });
  const attack = () => attackThroughTunnel(world, 'reports', 'frontend', 'database', ['insider'], 'replica');
  await attack();
  await assert.rejects(expectUnharmed(world, 'database'), (error: Error) => {
    assert.ok(error instanceof SkipError);
    assert.match(error.message, /no tunnel that could be attacked so: node2 takes in no VXLAN from another node/);
    return true;
  });
  Object.assign(tunnel, { isThere: true, isReached: false });
  await attack();
  await assert.rejects(expectUnharmed(world, 'database'), /reports does not reach node2 by UDP/);
  tunnel.isReached = true;
  await attack();
  await expectUnharmed(world, 'database');
  tunnel.isOpen = true;
  await attack();
  await assert.rejects(expectUnharmed(world, 'database'), /the attack came to database/);
});
