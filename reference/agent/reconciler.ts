import { Turns } from '../dataplane/turns.ts';
import type { Desired, Mutant, Snapshot } from '../model/index.ts';
import { briefOf, type Log, messageOf } from './log.ts';

/** Waits of the reconciler, in milliseconds. */
const times = {
  /** Changes come in bursts (a rollout touches Pods, slices, Services): what comes within this is applied together. */
  coalesce: 5,
  /** After a failed pass. */
  retry: 1000,
  /** The same for what must not wait: between two passes others have at most so long, after a failed one that long. */
  hurried: 50,
  hurriedRetry: 200,
  /** A pass takes milliseconds; one that takes this long hangs in a command. */
  stuck: 20_000,
};

/** What bringing the kernel to a desired state came to. */
export interface Applied {
  /** What the ip side could not do, by route or device; see IpDataplane. */
  problems: Map<string, string>;
  /** Resolves, always, when the flows of what is gone were to be forgotten; see FlowKeeper. */
  settled: Promise<void>;
}

/** What one pass made of a snapshot. */
export interface Pass extends Applied {
  desired: Desired;
}

export interface Steps {
  /** Undefined while too little is known to say anything: then nothing is touched. */
  snapshot: () => Snapshot | undefined;
  model: (snapshot: Snapshot) => Desired;
  /** The one place where a deliberate fault acts. */
  mutant: Mutant;
  /** Brings the kernel to the desired state. */
  apply: (desired: Desired) => Promise<Applied>;
  /** Told after each pass that was applied. */
  applied: (pass: Pass) => void;
  log: Log;
  /** A clock in milliseconds. Default: performance.now. */
  now?: () => number;
}

/** What happened so far, for STATUS and the metrics. */
export interface ReconcilerState {
  last?: Pass | undefined;
  /** Why the last pass failed, until one succeeds. */
  error?: string | undefined;
  passes: number;
  failures: number;
  lastMs: number;
  /** When the pass that is running began, by performance.now(). */
  since?: number | undefined;
}

/**
 * Runs snapshot -> model -> mutant -> apply, one pass at a time. `kick` asks for a pass soon; `sync` for one that
 * begins after the call, and resolves when it is in the kernel. Any number of callers share one pass.
 */
export class Reconciler {
  readonly state: ReconcilerState = { passes: 0, failures: 0, lastMs: 0 };
  readonly #steps: Steps;
  readonly #now: () => number;
  #endedAt = Number.NEGATIVE_INFINITY;
  readonly #turns = new Turns();
  #next: Promise<Pass | undefined> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isHurried = false;
  #stopped = false;

  constructor(steps: Steps) {
    this.#steps = steps;
    this.#now = steps.now ?? performance.now.bind(performance);
  }

  /**
   * Between two passes there is at least as long a time as the first of them took: on a busy node changes are gathered,
   * and half of the time is left to others. A change that comes after a quiet time is not kept waiting.
   */
  kick(
    wait = Math.max(times.coalesce, Math.min(this.state.lastMs, times.retry) - (this.#now() - this.#endedAt)),
  ): void {
    if (this.#stopped) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#isHurried = false;
      // a failed pass is in the state and the log, and asks for its own repetition
      this.sync().catch(() => {});
    }, wait);
  }

  /**
   * The same for what closes something: it is gathered with what comes at once, and hardly waits for anything else. But
   * anybody may change policies all the time, and that must not take a node's processors.
   */
  hurry(): void {
    if (this.#isHurried) return;
    this.#isHurried = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { error, lastMs } = this.state;
    const rest = error === undefined ? Math.min(lastMs, times.hurried) : times.hurriedRetry;
    this.kick(Math.max(times.coalesce, rest - (this.#now() - this.#endedAt)));
  }

  /** Undefined if nothing could be said yet. Rejects when the kernel refused. */
  sync(): Promise<Pass | undefined> {
    this.#next ??= this.#turns.run(() => {
      this.#next = undefined;
      return this.#pass();
    });
    return this.#next;
  }

  /** Looks whether all that passes made is there, while none is under way. No pass is kept waiting: see Turns. */
  look(isThere: () => Promise<boolean>): Promise<boolean> {
    return this.#turns.look(isThere);
  }

  /** What keeps changes from the kernel, in sentences. */
  ailments(): string[] {
    const { error, since } = this.state;
    const stuck = since !== undefined && this.#now() - since > times.stuck;
    return [error ?? [], stuck ? 'a command that changes the network does not end' : []].flat();
  }

  /** Resolves when no pass is running and what the last one changed has settled; none begins any more by itself. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#turns.idle();
    await this.state.last?.settled;
  }

  #failed(error: unknown): void {
    this.state.error = briefOf(error);
    this.state.failures += 1;
    this.#steps.log('the dataplane could not be brought up to date', { error: messageOf(error) });
    this.kick(times.retry);
  }

  #read(): Snapshot | undefined {
    try {
      return this.#steps.snapshot();
    } catch (error) {
      this.#failed(error);
      throw error;
    }
  }

  async #pass(): Promise<Pass | undefined> {
    const { model, mutant, apply, applied, log } = this.#steps;
    const snapshot = this.#read();
    if (snapshot === undefined) return undefined;
    const started = this.#now();
    this.state.since = started;
    try {
      const desired = mutant(model(snapshot), snapshot);
      const pass = { desired, ...(await apply(desired)) };
      // tried again when the node is next compared with the kernel; a route that another program holds may stay like
      // that
      const problems = JSON.stringify([...pass.problems]);
      if (problems !== JSON.stringify([...(this.state.last?.problems ?? [])])) {
        log('links or routes that could not be set', { problems: Object.fromEntries(pass.problems) });
      }
      this.state.last = pass;
      this.state.error = undefined;
      applied(pass);
      return pass;
    } catch (error) {
      this.#failed(error);
      throw error;
    } finally {
      this.state.passes += 1;
      this.#endedAt = this.#now();
      this.state.lastMs = this.#endedAt - started;
      this.state.since = undefined;
    }
  }
}
