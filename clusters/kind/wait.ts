import { setTimeout as delay } from 'node:timers/promises';

/** Asks every 100 ms until the answer is yes. Rejects when the time is up. `what` completes "were not enough for". */
export async function waitFor(what: string, timeoutMs: number, ask: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; !(await ask()); await delay(100)) {
    if (Date.now() > deadline) throw new Error(`${timeoutMs / 1000} s were not enough for ${what}`);
  }
}
