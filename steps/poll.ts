import { setTimeout as delay } from 'node:timers/promises';
import { cadence } from './waits.ts';

/** Looks every quarter of a second at what no watch tells of; resolves with whether it became right in time. */
export async function poll(timeoutMs: number, isRight: () => boolean | Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    if (await isRight()) return true;
    await delay(cadence.round);
  }
  return false;
}
