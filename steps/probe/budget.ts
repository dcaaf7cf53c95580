import { harness, watchHarness } from './still.ts';

/** With a clock that stops, a budget lasts so many times as long at most. */
export const longestStretch = 5;

/**
 * A budget of time that a change may take. Its clock stops while nobody looked: while this thread stood still, and during looks that were
 * void. So a slow machine gets more time and a slow network does not.
 */
export class Budget {
  readonly #began: number;
  readonly #ms: number;
  /** Void looks, as far as they do not overlap; in order. */
  readonly #pauses: { from: number; to: number }[] = [];

  constructor(ms: number) {
    this.#ms = ms;
    watchHarness();
    this.#began = performance.now();
  }

  /** Nobody looked between these two moments of the harness's clock. */
  pause(from: number, to: number): void {
    const all = [...this.#pauses, { from, to }].toSorted((a, b) => a.from - b.from);
    this.#pauses.length = 0;
    for (const one of all) {
      const last = this.#pauses.at(-1);
      if (last === undefined || one.from > last.to) this.#pauses.push({ ...one });
      else last.to = Math.max(last.to, one.to);
    }
  }

  /** Milliseconds that the clock has run. */
  get spent(): number {
    watchHarness();
    const now = performance.now();
    const paused = this.#pauses.reduce((sum, { from, to }) => sum + to - from, 0);
    const still = harness.sum(this.#began, now);
    const both = this.#pauses.reduce((sum, { from, to }) => sum + harness.sum(from, to), 0);
    return now - this.#began - paused - still + both;
  }

  /** The time is used up: what is not there by now has not come in time. */
  get isSpent(): boolean {
    return this.spent >= this.#ms;
  }

  /** There is no use in going on: it is spent, or its clock has been stopped for too long. */
  get isOver(): boolean {
    return this.isSpent || performance.now() - this.#began >= longestStretch * this.#ms;
  }
}
