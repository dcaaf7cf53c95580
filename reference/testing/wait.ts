import { setTimeout as delay } from 'node:timers/promises';

/** Asks again until something is so; fails with what was seen last. */
export async function until<T>(
  what: string,
  ask: () => Promise<T> | T,
  holds: (seen: T) => boolean,
  ms = 120_000,
): Promise<T> {
  const end = performance.now() + ms;
  for (;;) {
    const seen = await ask();
    if (holds(seen)) return seen;
    if (performance.now() > end) throw new Error(`${what}: not within ${ms} ms; last seen: ${JSON.stringify(seen)}`);
    await delay(10);
  }
}
