import { AssertionError } from 'node:assert';
import { setTimeout as delay } from 'node:timers/promises';
import type { Actor } from './actor.ts';
import { mediaTypes } from './outcome.ts';
import type { Bounds } from './parameters.ts';
import {
  type Arrival,
  type AttemptReport,
  Budget,
  type Cell,
  type Control,
  type Convergence,
  control,
  converge,
  isVoidFor,
  type Looks,
  lateArrivals,
  longest,
  type Round,
  runRound,
  steadyAccount,
  worstOf,
} from './probe/index.ts';
import { undecided } from './verdicts.ts';
import { cadence, type Schedule, waits } from './waits.ts';
import type { NetvetWorld } from './world.ts';

const noLooks = (): Looks => ({ sound: 0, void: 0, stood: { who: '', ms: 0 } });

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
  lost(lost: AttemptReport[]): Promise<string>;
}

/** How a scenario looks at the network: void looks are done again and counted, and what nobody saw is no verdict. */
export class Looking {
  readonly #world: NetvetWorld;
  readonly #looks = noLooks();
  /** Attempts that held as denied. */
  readonly #denied: Convergence['denied'] = [];

  constructor(world: NetvetWorld) {
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
  async #look<T>(timeoutMs: number, look: () => Promise<T>) {
    const { actors } = this.#world;
    const launchedAt = performance.now();
    const seen = await look();
    const endedAt = performance.now();
    await this.watched(actors.values(), 2 * timeoutMs);
    const observers = [...actors.values()].map(({ name, channel }) => ({ name, still: channel.still }));
    const stood = worstOf(observers, launchedAt, endedAt);
    return { seen, launchedAt, endedAt, stood, isVoid: isVoidFor(stood, timeoutMs) };
  }

  /**
   * Looks once, with attempts that wait so long: again only while the look is void. Rejects with BrokenError when none is sound within
   * what a change may take, five times over.
   */
  async once<T>(timeoutMs: number, look: () => Promise<T>): Promise<T> {
    const budget = new Budget(this.#bounds.changeMs);
    const looks = noLooks();
    await this.watched(this.#world.actors.values(), 2 * timeoutMs);
    for (;;) {
      const { seen, launchedAt, endedAt, stood, isVoid } = await this.#look(timeoutMs, look);
      this.count({ sound: isVoid ? 0 : 1, void: isVoid ? 1 : 0, stood });
      if (!isVoid) return seen;
      budget.pause(launchedAt, endedAt);
      looks.void += 1;
      looks.stood = longest([looks.stood, stood]);
      if (budget.isOver) throw undecided(looks);
    }
  }

  /** Follows the last change by rounds, until they hold or the budget ends. */
  async follow(round: () => Promise<Round>, schedule: Schedule): Promise<Convergence> {
    const { changedAt: since, late } = this.#world;
    const result = await converge({ since, late, budgetMs: this.#bounds.changeMs, round, schedule });
    this.count(result.looks);
    this.#denied.push(...result.denied);
    return result;
  }

  /** The same by looks of any kind. */
  async followLooks(look: () => Promise<{ right: boolean; seen: string }>, schedule: Schedule): Promise<Convergence> {
    await this.watched(this.#world.actors.values(), 2 * this.#world.timeoutMs);
    const round = async (): Promise<Round> => {
      const { seen, ...times } = await this.#look(this.#world.timeoutMs, look);
      return { ...times, ...seen, results: [] };
    };
    return this.follow(round, schedule);
  }

  /**
   * A positive control: undefined as soon as the cells were seen to be allowed from both ends, else what was seen. BrokenError: the machine
   * was too busy to tell.
   */
  async control(cells: Cell[], budgetMs = this.#bounds.changeMs): Promise<string | undefined> {
    const { worker } = this.#world;
    const found = await controlOf(cells, worker.patience, budgetMs);
    this.count(found.looks);
    return found.seen;
  }

  /** The cells are allowed, as soon as both ends have seen so once; fails with what was seen otherwise. */
  async expectReached(cells: Cell[]): Promise<void> {
    const seen = await this.control(cells);
    if (seen !== undefined) throw new AssertionError({ message: seen });
  }

  /**
   * Follows what arrives at a server from a client that goes on dialling, until something has: what is allowed may be late, within what a
   * change may take. Undefined: nothing has. BrokenError: the machine was too busy to tell.
   */
  async heard(server: Actor, client: Actor, prefix: string): Promise<Arrival[] | undefined> {
    const budget = new Budget(this.#bounds.changeMs);
    const looks = noLooks();
    const observers = [server, client].map(({ name, channel }) => ({ name, still: channel.still }));
    for (;;) {
      const from = performance.now();
      const [{ arrivals }] = await Promise.all([
        server.channel.request('arrivals', { prefix }),
        this.watched([client], waits.watch),
      ]);
      if (arrivals.length > 0) return arrivals;
      if (budget.isSpent && looks.sound > 0) return undefined;
      if (budget.isOver) throw undecided(looks);
      await delay(cadence.look);
      const to = performance.now();
      const stood = worstOf(observers, from, to);
      const isVoid = isVoidFor(stood, this.#world.timeoutMs);
      looks[isVoid ? 'void' : 'sound'] += 1;
      looks.stood = longest([looks.stood, stood]);
      if (isVoid) budget.pause(from, to);
    }
  }

  /** The longest that steady traffic may go without an answer, in ms: so much later as everything is here. */
  gapMs(kind: keyof Bounds['gapMs']): number {
    const { gapMs, attemptMs } = this.#bounds;
    return gapMs[kind] + this.#world.timeoutMs - attemptMs.least;
  }

  /** Milliseconds after which an attempt of steady traffic is lost, and after which it is given up: what comes late is seen to be late. */
  patienceMs(kind: keyof Bounds['gapMs']): { lostMs: number; timeoutMs: number } {
    const lostMs = this.gapMs(kind) + waits.grace[kind];
    return { lostMs, timeoutMs: lostMs + waits.giveUp };
  }

  /** Steady traffic: nothing was lost, and no gap was longer than the profile allows. Resolves with those that were lost otherwise. */
  async judgeSteady({ kind, what, client, others, reports, lost }: SteadyTraffic): Promise<void> {
    await this.watched([client, ...others], 0);
    const account = steadyAccount(client, others, reports, this.patienceMs(kind));
    const { gap, unknown, stood } = account;
    const allowed = this.gapMs(kind);
    this.count({ sound: 1, void: unknown.length, stood });
    this.#world.measure(`${what} lost`, account.lost.length, '');
    this.#world.measure(`longest gap, ${what}`, gap.ms, 'ms', unknown.length > 0);
    if (account.lost.length > 0) throw new AssertionError({ message: await lost(account.lost) });
    if (gap.ms > allowed) {
      const when = `${(gap.from / 1000).toFixed(2)} s after the first one`;
      const message = `${what}: from ${when} nothing was answered for ${Math.round(gap.ms)} ms, longer than ${allowed} ms`;
      throw new AssertionError({ message });
    }
    if (unknown.length > 0) throw undecided({ sound: 1, void: unknown.length, stood });
  }

  count({ sound, void: voids, stood }: Looks): void {
    this.#looks.sound += sound;
    this.#looks.void += voids;
    this.#looks.stood = longest([this.#looks.stood, stood]);
  }

  /** What was denied has stayed so to the end: no nonce of it has arrived since it was looked at. */
  async expectNothingLate(): Promise<void> {
    const late = await lateArrivals(this.#denied);
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

/** A control by the patience of a worker, for Pods that no scenario has yet. BrokenError: the machine was too busy to tell. */
export async function controlOf(
  cells: Cell[],
  patience: NetvetWorld['worker']['patience'],
  budgetMs: number,
): Promise<Control> {
  const found = await control(budgetMs, () => runRound(cells, patience.timeoutMs, patience));
  if (found.undecided) throw undecided(found.looks);
  return found;
}
