import type { Log } from '../log.ts';
import { Truce } from './truce.ts';

/** Tells whoever looks at the cluster: the reason in one word, as events of Kubernetes have it, and a sentence. */
export type Tell = (reason: string, message: string) => void;

/** What a loss needs of the rest of the agent. */
interface Means {
  /** What is lost, in words. */
  what: string;
  /** Asks for a pass now. */
  repair: () => void;
  tell: Tell;
  log: Log;
  now?: () => number;
}

/** That another program has changed something of ours: from when it is noticed until it is put right. */
export class Loss {
  /** Times in milliseconds, from when a change was noticed until all was put right: so long something was open. */
  readonly state = { repairs: 0, lastMs: 0, longestMs: 0 };
  readonly #truce = new Truce();
  readonly #with: Means;
  readonly #now: () => number;
  #noticed: number | undefined;
  #by = '';
  /** The next pass puts it right. */
  isDue = false;
  #isInHand = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(means: Means) {
    this.#with = means;
    this.#now = means.now ?? performance.now.bind(performance);
  }

  /** Another program has changed something: it is put right at once, unless that program does it again and again. */
  notice(by: string): void {
    if (this.#noticed !== undefined && !this.#isInHand) return;
    const now = this.#now();
    this.#noticed = now;
    this.#by = by;
    this.#isInHand = false;
    const wait = this.#truce.disturbed(now);
    this.isDue = wait === 0;
    const { log, tell, repair, what } = this.#with;
    log(`another program has changed ${what}`, { by, waitMs: Math.round(wait) });
    for (const fight of this.fights()) tell('NetworkFight', fight);
    if (this.isDue) return repair();
    this.#timer = setTimeout(() => {
      this.isDue = true;
      repair();
    }, wait);
  }

  /** A pass begins, and puts right what is due. */
  takeInHand(): void {
    this.#isInHand = this.isDue;
  }

  /** The pass has done its part of it. */
  restored(): void {
    if (!this.#isInHand || this.#noticed === undefined) return;
    const { what, log, tell } = this.#with;
    const lastMs = this.#now() - this.#noticed;
    this.state.repairs += 1;
    this.state.lastMs = lastMs;
    this.state.longestMs = Math.max(this.state.longestMs, lastMs);
    this.#noticed = undefined;
    this.#isInHand = false;
    this.isDue = false;
    const ms = Math.round(lastMs);
    const text = `another program (${this.#by}) changed ${what}: put back ${ms} ms after it was noticed`;
    log(text);
    tell('NetworkRepaired', text);
  }

  /** In a sentence, that another program goes on with it; else nothing. */
  fights(): string[] {
    const times = this.#truce.fights(this.#now());
    if (times === 0) return [];
    const { what } = this.#with;
    return [
      `another program (${this.#by}) keeps changing ${what}, ${times} times in 5 minutes: they are put back later ` +
        'each time, and Pods may be open or cut off meanwhile. Find it and stop it, or have it leave them alone',
    ];
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
