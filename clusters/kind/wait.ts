import { setTimeout as delay } from 'node:timers/promises';

/** Asks every 100 ms until the answer is yes. Rejects with what was waited for when the time is up. */
export async function waitFor(what: string, timeoutMs: number, ask: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; !(await ask()); await delay(100)) {
    if (Date.now() > deadline) throw new Error(`${what}: not there after ${timeoutMs / 1000} s`);
  }
}
