import { setTimeout as delay } from 'node:timers/promises';
import { createRun } from '../dataplane/run.ts';

/** What only keeps a test from hanging, in milliseconds. */
const patienceMs = 300_000;

/** Runs commands as the code under test does, and gives them more time than it would. */
export const patientRun = (prefix: string[] = []) => createRun(prefix, patienceMs);

/** Asks again until something is so; fails with what was seen last. */
export async function until<T>(
  what: string,
  ask: () => Promise<T> | T,
  holds: (seen: T) => boolean,
  ms = patienceMs,
): Promise<T> {
  const end = performance.now() + ms;
  for (;;) {
    const seen = await ask();
    if (holds(seen)) return seen;
    if (performance.now() > end) throw new Error(`${what}: not within ${ms} ms; last seen: ${JSON.stringify(seen)}`);
    await delay(10);
  }
}
