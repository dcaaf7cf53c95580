import { AssertionError, ok } from 'node:assert';
import { BrokenError } from '../outcome.ts';
import type { NetvetWorld } from '../world.ts';

/** Bytes of an IPv4 and a UDP header. */
const headers = 28;
const transferMs = 10_000;

/** So many bytes there and the same back on one connection, with checksums at both ends. */
export async function expectTransfer(
  world: NetvetWorld,
  mebibytes: number,
  client: string,
  server: string,
): Promise<void> {
  const { host, port } = world.target(server);
  const bytes = mebibytes * 2 ** 20;
  // as much longer as everything is here
  const timeoutMs = transferMs * (world.timeoutMs / world.parameters.bounds.attemptMs.least);
  const request = { host, port, bytes, timeoutMs };
  const { outcome, errno, intact, received, micros } = await world.looking.once(timeoutMs, () =>
    world.actor(client).channel.request('transfer', request, timeoutMs),
  );
  if (outcome === 'error') throw new BrokenError(`${client} could not dial: ${errno}`);
  const state = outcome === 'timeout' ? `stalled for ${timeoutMs / 1000} s` : `${outcome} ${errno ?? ''}`;
  ok(outcome === 'connected' && intact, `${client} -> ${server}: ${state}; of ${bytes} bytes ${received} came back`);
  world.measure('both ways', (2 * bytes * 8) / micros, 'Mbit/s');
}

/** The largest payload that fits into one packet between two Pods. */
async function fitting(world: NetvetWorld, client: string, server: string): Promise<number> {
  const ends = await Promise.all([client, server].map((name) => world.actor(name).channel.request('hello', {})));
  const mtu = Math.min(...ends.map((end) => end.mtu));
  world.skipIf(mtu <= 0 && 'the Pods cannot tell the MTU of their interface');
  world.measure('MTU', mtu, 'bytes');
  return mtu - headers;
}

/** Datagrams of that payload; the answers are as long. The first of them must get through: later ones may be cut to fit. */
export async function expectDatagrams(
  world: NetvetWorld,
  client: string,
  server: string,
  payload?: number,
): Promise<void> {
  const bytes = payload ?? (await fitting(world, client, server));
  const { host, port } = world.target(`${server}/UDP`);
  const timeoutMs = world.answerMs;
  const attempts = [1, 2, 3].map(() => ({ nonce: world.freshKey(), host, port, protocol: 'UDP' as const, bytes }));
  const { reports } = await world.looking.once(timeoutMs, () =>
    world.actor(client).channel.request('probe', { attempts, timeoutMs }, timeoutMs),
  );
  const lost = reports.filter(({ outcome }) => outcome !== 'connected');
  if (lost.length === 0) return;
  const why = lost.map(({ outcome, errno }) => `${outcome} ${errno ?? ''}`.trim()).join(', ');
  throw new AssertionError({
    message: `of 3 datagrams of ${bytes} bytes, ${client} -> ${server}, ${lost.length} did not come back: ${why}`,
  });
}
