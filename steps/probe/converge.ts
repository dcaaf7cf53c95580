import { setTimeout as delay } from 'node:timers/promises';
import { cadence, consecutive, type Schedule } from '../waits.ts';
import { Budget } from './budget.ts';
import type { CellResult } from './cell.ts';
import { isBroken, isLeak, type Round } from './round.ts';
import { harness, longest, type Stood } from './still.ts';

/** How often somebody looked, how often that was worth nothing, and who stood still longest. */
export interface Looks {
  sound: number;
  void: number;
  stood: Stood;
}

export interface Convergence {
  /** The whole matrix held, long enough. */
  held: boolean;
  /** Nobody can say: observers stood still for so long that the budget's clock never ran out. */
  undecided: boolean;
  /** An observer stood still for so long that the times below say less than they seem to. */
  disturbed: boolean;
  looks: Looks;
  /** All in ms since the change was accepted. */
  convergenceMs: number;
  /** The last nonce that arrived though it should not have; 0 when none did. */
  leakMs: number;
  stableMs: number;
  /** ± of leakMs: how well the clocks of the agents are known. */
  precisionMs: number;
  rounds: number;
  /** Attempts that held as denied: their nonces must not arrive later either. */
  denied: { result: CellResult; launchedAt: number }[];
  /** The round that decided: wrong for no reason, or the last sound one that says why it has held or has not. */
  last: Round;
  /** A sound round was wrong. */
  wasLate: boolean;
  /** The last sound round was right. */
  isRightNow: boolean;
}

/**
 * What may be wrong at first, until the budget ends. `all`: something was changed. `allowed`: something came or came
 * back, so that what is allowed may be late, and what is denied may not (documentation, "Network Policies", section
 * "Pod lifecycle"). `nothing`: nothing is under way.
 */
export type Late = 'all' | 'allowed' | 'nothing';

interface ConvergeOptions {
  /** performance.now() when the API accepted the change. */
  since: number;
  budgetMs: number;
  /** One round. */
  round: () => Promise<Round>;
  /** Default: all. */
  late?: Late;
  /** performance.now() after which nothing may be late any more. Default: only the budget ends that. */
  lateUntil?: number;
  /** Whether a round that is wrong is so for somebody who has seen the change already. */
  isSettled?: (round: Round) => boolean;
  /** Milliseconds that the matrix must hold. */
  stableMs?: number;
  /** Default: dense. */
  schedule?: Schedule;
}

/** How reports call this process. */
const itself = 'netvet itself';

/** Figures that are taken while somebody stands still for longer, in ms, are marked. */
const disturbingMs = 100;

interface Entry {
  launchedAt: number;
  /** The budget was not spent yet. */
  isInTime: boolean;
  /** undefined: it is not known yet. A void round is neither right nor wrong: it is left out. */
  right: boolean | undefined;
  round?: Round;
}

/** The unbroken row of right rounds at the end, in launch order. Rounds that still run count as right. */
export function streakOf(
  rounds: { launchedAt: number; right: boolean | undefined }[],
): { from: number; to: number; count: number; known: boolean } | undefined {
  const lastWrong = rounds.findLastIndex(({ right }) => right === false);
  const streak = rounds.slice(lastWrong + 1);
  const [first, last] = [streak.at(0), streak.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const known = streak.every(({ right }) => right === true);
  return { from: first.launchedAt, to: last.launchedAt, count: streak.length, known };
}

/** Wrong in a way that nothing under way explains. */
const isUnexcused = ({ right, results }: Round, late: Late): boolean =>
  !right &&
  (late === 'nothing' ||
    (late === 'allowed' &&
      results.some(({ cell, verdict }) => cell.expected === 'denied' && /^(allowed|leaked)$/.test(verdict))));

/** Rounds under way, which overlap: a denied cell takes a whole probe timeout, and must cost no cadence. */
class Underway {
  readonly #running = new Set<Promise<void>>();

  add(round: Promise<void>): void {
    this.#running.add(round);
    // a lost agent is reported to those who wait
    void round.catch(() => {}).finally(() => this.#running.delete(round));
  }

  /** Resolves once fewer than so many are under way: on a slow machine, more would only make it later. */
  async room(most: number): Promise<void> {
    while (this.#running.size >= most) await this.one();
  }

  /** Resolves when one of them, or `other`, ends; rejects with the error of a round whose agent is lost. */
  one<T = void>(other?: Promise<T>): Promise<T | void> {
    return Promise.race([...this.#running, ...(other === undefined ? [] : [other])]);
  }

  async all(): Promise<void> {
    await Promise.all(this.#running);
  }
}

/**
 * Follows a change until the whole matrix has held in 3 consecutive rounds over at least 1 s, or the budget ends. What
 * is right when the budget ends has come in time: it is followed until it has held or has not. Rounds are launched on a
 * fixed schedule, dense at first, because most changes are there within milliseconds. No retries: a wrong round begins
 * the count anew, and one wrong for no reason ends it. Void rounds only stop the budget's clock.
 */
export async function converge(options: ConvergeOptions): Promise<Convergence> {
  const {
    since,
    budgetMs,
    round,
    late = 'all',
    lateUntil = Number.POSITIVE_INFINITY,
    isSettled = () => false,
    stableMs = cadence.stable,
    schedule = cadence.dense,
  } = options;
  const budget = new Budget(budgetMs);
  const began = performance.now();
  let entries: Entry[] = [];
  const voided: Round[] = [];
  const underway = new Underway();
  /** Wrong, and nothing that is under way explains it. */
  let fault: Round | undefined;
  const enough = () => {
    const streak = streakOf(entries);
    const isLong = streak !== undefined && streak.count >= consecutive && streak.to - streak.from >= stableMs;
    return isLong ? streak : undefined;
  };
  /** All is right since a look that began before the budget's end: whether it stays so is still to be seen. */
  const isHolding = () => {
    const from = streakOf(entries)?.from;
    return from !== undefined && entries.some(({ launchedAt, isInTime }) => launchedAt >= from && isInTime);
  };
  const isHopeless = () => fault !== undefined;
  const goesOn = () => !isHopeless() && !budget.isStretched && (isHolding() || !budget.isSpent);
  const look = async (entry: Entry) => {
    const result = await round();
    budget.looked(result);
    if (result.isVoid) {
      entries = entries.filter((one) => one !== entry);
      voided.push(result);
      return;
    }
    Object.assign(entry, { round: result, right: result.right });
    const lateThen = result.launchedAt > lateUntil ? 'nothing' : late;
    if (isUnexcused(result, lateThen) || (!result.right && isSettled(result))) fault ??= result;
  };
  // a look that begins long after the change has a budget of its own: what it is about may only be there now
  for (let i = 0; goesOn(); i += 1) {
    // looks that are overdue, since this thread stood still, are not made up for
    while (began + offsetOf(schedule, i + 1) < performance.now()) i += 1;
    await next(began + offsetOf(schedule, i), underway);
    await underway.room(Math.max(mostAtOnce, schedule.first.length));
    const entry: Entry = { launchedAt: performance.now(), isInTime: !budget.isSpent, right: undefined };
    entries.push(entry);
    underway.add(look(entry));
    // as many rounds as could decide are under way: their results come first
    while (enough()?.known === false && !isHopeless()) await underway.one();
    if (enough()?.known) break;
  }
  await underway.all();
  const held = isHopeless() || !isHolding() ? undefined : enough();
  const isUndecided = held === undefined && !isHopeless() && (!budget.isSpent || entries.length === 0 || isHolding());
  return summarise({ entries, voided, fault, late, from: held?.from, since, began, isUndecided });
}

/** Rounds under way: those of a probe timeout, at the densest; a schedule that begins with more has asked for them. */
const mostAtOnce = 10;

const offsetOf = ({ first, then }: Schedule, i: number): number =>
  first[i] ?? (first.at(-1) as number) + (i - first.length + 1) * then;

/** Waits for the next launch; a round that rejects meanwhile (its agent is lost) ends the wait with its error. */
async function next(at: number, underway: Underway): Promise<void> {
  const over = new AbortController();
  const due = delay(Math.max(0, at - performance.now()), 'due', { signal: over.signal });
  try {
    while ((await underway.one(due)) !== 'due');
  } finally {
    over.abort();
    void due.catch(() => {});
  }
}

interface Followed {
  entries: Entry[];
  voided: Round[];
  fault: Round | undefined;
  late: Late;
  /** When the row of right rounds began that decided. */
  from: number | undefined;
  since: number;
  began: number;
  isUndecided: boolean;
}

function summarise({ entries, voided, fault, late, from, since, began, isUndecided }: Followed): Convergence {
  const sound = entries.flatMap(({ round }) => round ?? []);
  const wrong = from === undefined ? sound.findLast(({ right }) => !right) : undefined;
  const last = (fault ?? wrong ?? sound.at(-1) ?? voided.at(-1)) as Round;
  const leaks = sound.flatMap(({ results }) => results.filter(isLeak).flatMap(({ arrivedAt }) => arrivedAt ?? []));
  const precisions = last.results.flatMap(({ cell }) =>
    cell.to.servers.map(({ agent }) => agent.channel.clock.precision),
  );
  const all = [...sound, ...voided];
  const stood = longest(all.map((round) => round.stood));
  const own = { who: itself, ms: harness.longest(began, last.endedAt) };
  return {
    held: from !== undefined,
    undecided: isUndecided,
    disturbed: voided.length > 0 || longest([stood, own]).ms > disturbingMs,
    looks: looksOf(all, own),
    convergenceMs: Math.max(0, (from ?? last.endedAt) - since),
    leakMs: Math.max(0, ...leaks.map((at) => at - since)),
    stableMs: Math.max(0, last.endedAt - since),
    precisionMs: Math.max(0, ...precisions),
    rounds: all.length,
    denied: all
      .filter(({ launchedAt }) => from !== undefined && (late !== 'all' || launchedAt >= from))
      .flatMap(({ launchedAt, results }) => results.map((result) => ({ result, launchedAt })))
      .filter(({ result }) => result.cell.expected === 'denied'),
    last,
    wasLate: sound.some(({ right }) => !right),
    isRightNow: fault === undefined && sound.at(-1)?.right === true,
  };
}

/** How the rounds were: where some are void, those who made them so are told, and not who stood still besides. */
function looksOf(rounds: Round[], own: Stood): Looks {
  const voided = rounds.filter(({ isVoid }) => isVoid);
  const stood = longest((voided.length > 0 ? voided : rounds).map((round) => round.stood));
  const isSound = voided.length === 0;
  return { sound: rounds.length - voided.length, void: voided.length, stood: isSound ? longest([stood, own]) : stood };
}

/** What a positive control came to: `seen` is what the last sound round saw, undefined once one was right. */
export interface Control {
  seen: string | undefined;
  /** Nobody looked for long enough to say. */
  undecided: boolean;
  /** In the last round a probe failed, or a listener was dead: it says nothing of the network. */
  broken: boolean;
  looks: Looks;
}

/**
 * A positive control: resolves as soon as one sound round is right, which both ends then have seen, else when the
 * budget ends. Rounds overlap here too, because one that came too early waits for its timeout.
 */
export async function control(budgetMs: number, round: () => Promise<Round>): Promise<Control> {
  const budget = new Budget(budgetMs);
  const { promise, resolve, reject } = Promise.withResolvers<Control>();
  const rounds: Round[] = [];
  const look = async (): Promise<void> => {
    const result = await round();
    rounds.push(result);
    budget.looked(result);
    const looks = looksOf(rounds, { who: '', ms: 0 });
    if (result.right && !result.isVoid) return resolve({ seen: undefined, undecided: false, broken: false, looks });
    const last = rounds.findLast(({ isVoid }) => !isVoid);
    const undecided = !budget.isSpent || looks.sound === 0;
    const broken = last?.results.some(isBroken) === true;
    if (budget.isOver) resolve({ seen: (last ?? result).seen, undecided, broken, looks });
  };
  const settled = promise.then(
    () => true,
    () => true,
  );
  const underway = new Underway();
  do {
    underway.add(look().catch(reject));
    await underway.room(mostAtOnce);
  } while (!(await Promise.race([settled, delay(cadence.control, false)])));
  return promise;
}
