import { setTimeout as delay } from 'node:timers/promises';
import { cadence, consecutive, type Schedule } from '../waits.ts';
import type { Round } from './round.ts';

export interface Convergence {
  /** The whole matrix held, long enough. */
  held: boolean;
  /** All in ms since the change was accepted. */
  convergenceMs: number;
  /** The last nonce that arrived though it should not have; 0 when none did. */
  leakMs: number;
  stableMs: number;
  /** ± of leakMs: how well the clocks of the agents are known. */
  precisionMs: number;
  rounds: number;
  /** The round that decided: the last right one, or the last one of all. */
  last: Round;
}

export interface ConvergeOptions {
  /** performance.now() when the API accepted the change. */
  since: number;
  budgetMs: number;
  /** One round, by default over the network; given by tests. */
  round: () => Promise<Round>;
  /** Milliseconds that the matrix must hold. */
  stableMs?: number;
  /** Rounds that must be right in a row. */
  consecutive?: number;
  /** Default: dense. */
  schedule?: Schedule;
}

/** The unbroken row of right rounds at the end, in launch order. Rounds that still run count as right until they are known. */
export function streakOf(
  rounds: { launchedAt: number; right: boolean | undefined }[],
): { from: number; to: number; known: boolean } | undefined {
  const lastWrong = rounds.findLastIndex(({ right }) => right === false);
  const streak = rounds.slice(lastWrong + 1);
  const [first, last] = [streak.at(0), streak.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  return { from: first.launchedAt, to: last.launchedAt, known: streak.every(({ right }) => right === true) };
}

/**
 * Follows a change until the whole matrix has held in 3 consecutive rounds over at least 1 s, or the budget ends. Rounds
 * are launched on a fixed schedule and overlap, so that a denied cell, which takes a whole probe timeout, costs no cadence:
 * dense at first, because most changes are there within milliseconds. No retries: a wrong round begins the count anew.
 */
export async function converge(options: ConvergeOptions): Promise<Convergence> {
  const {
    since,
    budgetMs,
    round,
    stableMs = cadence.stable,
    consecutive: needed = consecutive,
    schedule = cadence.dense,
  } = options;
  const began = performance.now();
  const launched: { launchedAt: number; right: boolean | undefined; round?: Round }[] = [];
  const running = new Set<Promise<void>>();
  const enough = () => {
    const streak = streakOf(launched);
    const lastWrong = launched.findLastIndex(({ right }) => right === false);
    if (streak === undefined || launched.length - 1 - lastWrong < needed || streak.to - streak.from < stableMs)
      return undefined;
    return streak;
  };
  const launch = () => {
    const entry: (typeof launched)[number] = { launchedAt: performance.now(), right: undefined };
    launched.push(entry);
    const run = round().then((result) => {
      Object.assign(entry, { round: result, right: result.right });
    });
    running.add(run);
    // a lost agent is reported by the race below
    void run.catch(() => {}).finally(() => running.delete(run));
  };
  // a look that begins long after the change has a budget of its own: what it is about may only be there now
  for (let i = 0; performance.now() < began + budgetMs; i += 1) {
    await next(began + offsetOf(schedule, i), running);
    // on a machine that cannot keep up, more rounds would only make it later
    while (running.size >= Math.max(mostAtOnce, schedule.first.length)) await Promise.race(running);
    launch();
    // as many rounds as could decide are under way: their results come first
    while (enough()?.known === false) await Promise.race(running);
    if (enough()?.known) break;
  }
  await Promise.all(running);
  return summarise(launched, enough()?.from, since);
}

/** Rounds under way: those of a probe timeout, at the densest; a schedule that begins with more has asked for them. */
const mostAtOnce = 10;

const offsetOf = ({ first, then }: Schedule, i: number): number =>
  first[i] ?? (first.at(-1) as number) + (i - first.length + 1) * then;

/** Waits for the next launch; a round that rejects meanwhile (its agent is lost) ends the wait with its error. */
async function next(at: number, running: Set<Promise<void>>): Promise<void> {
  const over = new AbortController();
  const due = delay(Math.max(0, at - performance.now()), 'due', { signal: over.signal });
  try {
    while ((await Promise.race([due, ...running])) !== 'due');
  } finally {
    over.abort();
    void due.catch(() => {});
  }
}

function summarise(
  launched: { launchedAt: number; right: boolean | undefined; round?: Round }[],
  from: number | undefined,
  since: number,
): Convergence {
  const last = launched.at(-1)?.round as Round;
  const leaks = launched.flatMap(({ round }) =>
    (round?.results ?? []).filter(({ cell, arrivedAt }) => cell.expected === 'denied' && arrivedAt !== undefined),
  );
  const lastLeak = leaks.reduce<number | undefined>(
    (latest, { arrivedAt }) => Math.max(latest ?? 0, arrivedAt as number),
    undefined,
  );
  const precisions = last.results.flatMap(({ cell }) =>
    cell.to.servers.map(({ agent }) => agent.channel.clock.precision),
  );
  return {
    held: from !== undefined,
    convergenceMs: Math.max(0, (from ?? last.endedAt) - since),
    leakMs: lastLeak === undefined ? 0 : Math.max(0, lastLeak - since),
    stableMs: Math.max(0, last.endedAt - since),
    precisionMs: Math.max(0, ...precisions),
    rounds: launched.length,
    last,
  };
}

/**
 * A positive control: resolves with undefined as soon as one round is right, which both ends then have seen, else with what
 * the last round saw. Rounds overlap here too, because one that came too early waits for its timeout.
 */
export async function control(budgetMs: number, round: () => Promise<Round>): Promise<string | undefined> {
  const deadline = performance.now() + budgetMs;
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
  const look = async (): Promise<void> => {
    const { right, seen } = await round();
    if (right) resolve(undefined);
    else if (performance.now() > deadline) resolve(seen);
  };
  const settled = promise.then(
    () => true,
    () => true,
  );
  do look().catch(reject);
  while (!(await Promise.race([settled, delay(cadence.control, false)])));
  return promise;
}
