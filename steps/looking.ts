import { AssertionError } from 'node:assert';
import { setTimeout as delay } from 'node:timers/promises';
import type { Actor } from './actor.ts';
import { BrokenError, mediaTypes } from './outcome.ts';
import type { Bounds } from './parameters.ts';
import {
  type Arrival,
  type AttemptReport,
  Budget,
  type Cell,
  type CellResult,
  type Control,
  type Convergence,
  control,
  converge,
  isVoidFor,
  type Late,
  type Looks,
  lateArrivals,
  longest,
  type Patience,
  type Round,
  runRound,
  satisfies,
  steadyAccount,
  stoodLongest,
} from './probe/index.ts';
import { undecided } from './verdicts.ts';
import { cadence, type Schedule, waits } from './waits.ts';

const noLooks = (): Looks => ({ sound: 0, void: 0, stood: { who: '', ms: 0 } });

/** What is known of the scenario that looks. */
interface Scenario {
  parameters: { bounds: Bounds };
  actors: ReadonlyMap<string, Actor>;
  worker: { patience: Patience };
  timeoutMs: number;
  /** performance.now() when the API accepted the last change. */
  changedAt: number;
  late: Late;
  lateElsewhere: Late;
  seenBy: Set<string>;
  followed(): void;
  measure(name: string, value: number, unit: string, isDisturbed?: boolean): void;
  attach(body: string, mediaType: string): unknown;
}

/** What a look saw, in words too; certain: it is wrong, whoever stood still. */
interface Seen {
  right: boolean;
  seen: string;
  isCertain?: boolean;
}

/** Traffic that goes on while something is done, and what is judged of it. */
export interface SteadyTraffic {
  kind: keyof Bounds['gapMs'];
  /** How reports call it. */
  what: string;
  client: Actor;
  /** Agents whose standing still the client sees as silence. */
  others: Actor[];
  reports: AttemptReport[];
  /** The sentence on those that were lost. */
  lost: (lost: AttemptReport[]) => Promise<string>;
}

const isWrong = ({ cell, verdict }: CellResult): boolean => !satisfies(verdict, cell.expected);
const observerOf = ({ cell: { from, to } }: CellResult): string => `${from.name} ${to.name} ${to.port}/${to.protocol}`;

/** How a scenario looks at the network: void looks are done again and counted, and what nobody saw is no verdict. */
export class Looking {
  readonly #world: Scenario;
  readonly #looks = noLooks();
  /** Attempts that held as denied. */
  readonly #denied: Convergence['denied'] = [];
  readonly #again: (() => Promise<void>)[] = [];

  constructor(world: Scenario) {
    this.#world = world;
  }

  get #bounds(): Bounds {
    return this.#world.parameters.bounds;
  }

  /** The agents tell how they stood, and watch themselves for so many ms more. Those that are lost are passed over. */
  async watched(actors: Iterable<Actor>, watchMs: number): Promise<void> {
    const there = [...actors].filter(({ channel }) => !channel.lost);
    await Promise.all(there.map(({ channel }) => channel.request('ping', { watchMs }).catch(() => undefined)));
  }

  /** Looks, and says what was seen, and whether an agent stood still for too long while an attempt waits so long. */
  async #look<T>(
    timeoutMs: number,
    look: () => Promise<T>,
    isCertain: (seen: T) => boolean = () => false,
    launchedAt = performance.now(),
  ) {
    const { actors } = this.#world;
    const seen = await look();
    const endedAt = performance.now();
    await this.watched(actors.values(), 2 * timeoutMs);
    const stood = stoodLongest(actors.values(), launchedAt, endedAt);
    // what must not be seen and was is seen, whoever stood still
    return { seen, launchedAt, endedAt, stood, isVoid: isVoidFor(stood, timeoutMs) && !isCertain(seen) };
  }

  /** Looks once, again only while void. BrokenError: no sound look in five budgets. `isCertain`: a void one counts. */
  once<T>(timeoutMs: number, look: () => Promise<T>, isCertain?: (seen: T) => boolean): Promise<T> {
    return this.until(timeoutMs, look, () => true, isCertain);
  }

  /** Looks until a sound look is right, or a change would have been there; resolves with the last sound one. */
  async until<T>(
    timeoutMs: number,
    look: () => Promise<T>,
    isRight: (seen: T) => boolean,
    isCertain?: (seen: T) => boolean,
  ): Promise<T> {
    const budget = new Budget(this.#bounds.changeMs);
    const looks = noLooks();
    await this.watched(this.#world.actors.values(), 2 * timeoutMs);
    for (let since: number | undefined; ; ) {
      // standing still between two looks is no better
      const { seen, ...times } = await this.#look(timeoutMs, look, isCertain, since);
      since = times.endedAt;
      const { stood, isVoid } = times;
      budget.looked(times);
      this.count({ sound: isVoid ? 0 : 1, void: isVoid ? 1 : 0, stood });
      looks[isVoid ? 'void' : 'sound'] += 1;
      if (isVoid) looks.stood = longest([looks.stood, stood]);
      else if (isRight(seen) || budget.isSpent) return seen;
      if (budget.isOver) throw undecided(looks);
      if (!isVoid) await delay(cadence.round);
    }
  }

  /**
   * Follows the last change by rounds, until they hold or the budget ends. Once somebody has followed it, it may be
   * late only for those who have not seen it yet, and only until its budget ends.
   */
  async followRounds(round: () => Promise<Round>, schedule: Schedule, name = ''): Promise<Convergence> {
    const { changedAt: since, late: own, lateElsewhere, seenBy } = this.#world;
    const { changeMs } = this.#bounds;
    const isFirst = own !== 'nothing';
    const late = isFirst ? own : lateElsewhere;
    const lateUntil = isFirst ? Number.POSITIVE_INFINITY : since + changeMs;
    const observers = (results: CellResult[]) => (results.length === 0 ? [name] : results.map(observerOf));
    const isSettled = ({ results }: Round) => observers(results.filter(isWrong)).some((one) => seenBy.has(one));
    const result = await converge({ since, late, lateUntil, budgetMs: changeMs, round, schedule, isSettled });
    if (result.held) for (const one of observers(result.last.results)) seenBy.add(one);
    this.count(result.looks);
    this.#denied.push(...result.denied);
    return result;
  }

  /**
   * Follows the last change until `look` has found everything right, 3 times in a row over at least 1 s; fails with
   * what was seen last. Measures convergence under `name`, which says who looks at what.
   */
  async follow(
    name: string,
    look: () => Promise<Seen>,
    schedule: Schedule = this.#world.late === 'nothing' ? cadence.calm : cadence.dense,
    timeoutMs = this.#world.timeoutMs,
  ): Promise<void> {
    const world = this.#world;
    await this.watched(world.actors.values(), 2 * timeoutMs);
    const round = async (): Promise<Round> => {
      const { seen, ...times } = await this.#look(timeoutMs, look, ({ isCertain = false }) => isCertain);
      return { ...times, right: seen.right, seen: seen.seen, results: [] };
    };
    const result = await this.followRounds(round, schedule, name);
    if (result.undecided) throw undecided(result.looks);
    const { held, last, rounds, convergenceMs, wasLate, disturbed } = result;
    if (!held) throw new AssertionError({ message: `${name}: ${last.seen} (after ${rounds} looks)` });
    if (world.late !== 'nothing' || wasLate) world.measure(`convergence, ${name}`, convergenceMs, 'ms', disturbed);
    world.followed();
  }

  /** A control: undefined once both ends saw the cells allowed, else what was seen. BrokenError: too busy to tell. */
  async control(cells: Cell[], budgetMs = this.#bounds.changeMs): Promise<string | undefined> {
    const { worker } = this.#world;
    const found = await controlOf(cells, worker.patience, budgetMs);
    this.count(found.looks);
    if (found.broken) throw new BrokenError(found.seen);
    return found.seen;
  }

  /**
   * Follows what arrives at a server from a client that goes on dialling, until something has: what is allowed may be
   * late, within what a change may take. Nothing: nothing has. BrokenError: the machine was too busy to tell.
   */
  heard({ channel }: Actor, prefix: string): Promise<Arrival[]> {
    const arrivals = async () => (await channel.request('arrivals', { prefix })).arrivals;
    const isHeard = (all: Arrival[]) => all.length > 0;
    return this.until(this.#world.timeoutMs, arrivals, isHeard, isHeard);
  }

  /** Milliseconds after which an attempt of steady traffic is lost, and is given up: so what is late shows as late. */
  patienceMs(kind: keyof Bounds['gapMs']): { lostMs: number; timeoutMs: number } {
    const lostMs = this.#bounds.gapMs[kind] + waits.grace[kind];
    return { lostMs, timeoutMs: lostMs + waits.giveUp };
  }

  /** Steady traffic: nothing was lost, and no gap was longer than the profile allows. */
  async judgeSteady({ kind, what, client, others, reports, lost }: SteadyTraffic): Promise<void> {
    await this.watched([client, ...others], 0);
    const account = steadyAccount(client, others, reports, this.patienceMs(kind).lostMs);
    const { gap, unknown, stood } = account;
    const allowed = this.#bounds.gapMs[kind];
    const looks = { sound: reports.length - unknown.length, void: unknown.length, stood };
    this.count(looks);
    this.#world.measure(`${what} lost`, account.lost.length, '');
    this.#world.measure(`longest gap, ${what}`, gap.ms, 'ms', unknown.length > 0);
    if (account.lost.length > 0) throw new AssertionError({ message: await lost(account.lost) });
    if (gap.ms > allowed) {
      const when = `from ${(gap.from / 1000).toFixed(2)} s after the first one`;
      const silent = `nothing was answered for ${Math.round(gap.ms)} ms, longer than ${allowed} ms`;
      const { slowest } = gap.ended ?? {};
      const why = slowest === undefined ? '' : `; the next answer spent ${slowest.ms} ms ${slowest.what}`;
      throw new AssertionError({ message: `${what}: ${when} ${silent}${why}` });
    }
    if (unknown.length > 0 || account.blindMs > allowed) throw undecided(looks);
  }

  count({ sound, void: voids, stood }: Looks): void {
    this.#looks.sound += sound;
    this.#looks.void += voids;
    this.#looks.stood = longest([this.#looks.stood, stood]);
  }

  /** Looks once more when the scenario ends. */
  again(look: () => Promise<void>): void {
    this.#again.push(look);
  }

  /** What was denied has stayed so to the end: no nonce of it has arrived since it was looked at. */
  async expectNothingLate(): Promise<void> {
    for (const look of this.#again.splice(0)) await look();
    const late = await lateArrivals(this.#denied, [...this.#world.actors.values()]);
    if (late.length > 0) throw new AssertionError({ message: late.join('\n') });
  }

  /** Reports how often the scenario looked. */
  report(): void {
    const { sound, void: voids, stood } = this.#looks;
    if (sound + voids === 0) return;
    const who = stood.who === '' ? {} : { who: stood.who };
    this.#world.attach(JSON.stringify({ sound, void: voids, longestMs: stood.ms, ...who }), mediaTypes.looks);
  }
}

/** A control by a worker's patience, for Pods without a scenario yet. BrokenError: the machine was too busy to tell. */
export async function controlOf(cells: Cell[], patience: Patience, budgetMs: number): Promise<Control> {
  const found = await control(budgetMs, () => runRound(cells, patience.timeoutMs, patience));
  if (found.undecided) throw undecided(found.looks);
  return found;
}
