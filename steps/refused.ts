import { BrokenError } from './outcome.ts';
import { cadence } from './waits.ts';
import type { World } from './world.ts';

/** Follows the last change until an attempt is refused at once, not left to time out. */
export async function expectRefused(world: World, client: string, target: string): Promise<void> {
  const { timeoutMs } = world;
  const { host, port, protocol } = world.target(target);
  const look = async () => {
    const attempts = [{ nonce: world.freshKey(), host, port, protocol }];
    const { reports } = await world.actor(client).channel.request('probe', { attempts, timeoutMs }, timeoutMs);
    const { outcome = 'error', errno = '', micros = 0 } = reports[0] ?? {};
    if (outcome === 'error') throw new BrokenError(`${client} could not dial: ${errno}`);
    const right = outcome === 'refused' || outcome === 'unreachable' || outcome === 'reset';
    return { right, seen: `${client} to ${target}: ${outcome} ${errno} after ${Math.round(micros / 1000)} ms` };
  };
  await world.looking.follow(`${client} is refused at ${target}`, look, cadence.sparse);
}
