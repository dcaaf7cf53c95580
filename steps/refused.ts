import { follow } from './follow.ts';
import { BrokenError } from './outcome.ts';
import type { Target } from './probe/index.ts';
import { cadence } from './waits.ts';
import type { NetvetWorld } from './world.ts';

/** Follows the last change until an attempt is refused at once, not left to time out. */
export async function expectRefused(
  world: NetvetWorld,
  client: string,
  target: Pick<Target, 'host' | 'port' | 'protocol'>,
  what: string,
): Promise<void> {
  const timeoutMs = world.timeoutMs;
  const { host, port, protocol } = target;
  await follow(
    world,
    `${client} is refused at ${what}`,
    async () => {
      const attempts = [{ nonce: world.freshKey(), host, port, protocol }];
      const { reports } = await world.actor(client).channel.request('probe', { attempts, timeoutMs }, timeoutMs);
      const { outcome = 'error', errno = '', micros = 0 } = reports[0] ?? {};
      if (outcome === 'error') throw new BrokenError(`${client} could not dial: ${errno}`);
      const right = outcome === 'refused' || outcome === 'unreachable' || outcome === 'reset';
      return { right, seen: `${client} to ${what}: ${outcome} ${errno} after ${Math.round(micros / 1000)} ms` };
    },
    cadence.sparse,
  );
}
