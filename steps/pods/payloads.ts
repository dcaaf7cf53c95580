import { AssertionError, ok } from 'node:assert';
import { BrokenError } from '../outcome.ts';
import type { AttemptReport } from '../probe/index.ts';
import type { World } from '../world.ts';

/** Bytes of an IPv4 and a UDP header. */
const headers = 28;
const transferMs = 10_000;

/** So many bytes there and the same back on one connection, with checksums at both ends. */
export async function expectTransfer(world: World, mebibytes: number, client: string, server: string): Promise<void> {
  const { host, port } = world.target(server);
  const bytes = mebibytes * 2 ** 20;
  // as much longer as everything is here
  const timeoutMs = transferMs * (world.timeoutMs / world.parameters.bounds.attemptMs.least);
  const { channel } = world.actor(client);
  const transfer = () => channel.request('transfer', { host, port, bytes, timeoutMs }, timeoutMs);
  const { outcome, errno, intact, received, micros } = await world.looking.once(timeoutMs, transfer);
  if (outcome === 'error') throw new BrokenError(`${client} could not dial: ${errno}`);
  const state = outcome === 'timeout' ? `stalled for ${timeoutMs / 1000} s` : `${outcome} ${errno ?? ''}`;
  ok(outcome === 'connected' && intact, `${client} -> ${server}: ${state}; of ${bytes} bytes ${received} came back`);
  world.measure('both ways', (2 * bytes * 8) / micros, 'Mbit/s');
}

/** One attempt at each target, all at once, and again only while nobody saw what became of them. */
export async function dial(world: World, client: string, targets: string[], bytes?: number): Promise<AttemptReport[]> {
  const timeoutMs = world.answerMs;
  const attempts = targets.map((target) => {
    const { host, port, protocol } = world.target(target);
    return { nonce: world.freshKey(), host, port, protocol, bytes };
  });
  const look = () => world.actor(client).channel.request('probe', { attempts, timeoutMs }, timeoutMs);
  return (await world.looking.once(timeoutMs, look)).reports;
}

/** Datagrams of that payload; the answers are as long. The first must get through: later ones may be cut to fit. */
export async function expectDatagrams(world: World, bytes: number, client: string, server: string): Promise<void> {
  const targets = Array.from({ length: 3 }, () => `${server}/UDP`);
  const reports = await dial(world, client, targets, bytes);
  const lost = reports.filter(({ outcome }) => outcome !== 'connected');
  if (lost.length === 0) return;
  const why = lost.map(({ outcome, errno }) => `${outcome} ${errno ?? ''}`.trim()).join(', ');
  const message = `of 3 datagrams of ${bytes} bytes, ${client} -> ${server}, ${lost.length} did not come back: ${why}`;
  throw new AssertionError({ message });
}

/** The same with the largest payload that fits into one packet. */
export async function expectFullDatagrams(world: World, client: string, server: string): Promise<void> {
  const ends = await Promise.all([client, server].map((name) => world.actor(name).channel.request('hello', {})));
  const mtu = Math.min(...ends.map((end) => end.mtu));
  world.skipIf(mtu <= 0 && 'the Pods cannot tell the MTU of their interface');
  world.measure('MTU', mtu, 'bytes');
  await expectDatagrams(world, mtu - headers, client, server);
}
