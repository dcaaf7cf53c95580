import { harness, watchHarness } from './still.ts';

/** With a clock that stops, a budget lasts so many times as long at most. */
export const longestStretch = 5;

/** When somebody looked, by the harness's clock. */
interface Look {
  launchedAt: number;
  endedAt: number;
  isVoid: boolean;
}

interface Span {
  from: number;
  to: number;
}

/**
 * A budget of time that a change may take. Its clock stops while nobody looked: while this thread stood still, and
 * during looks that were void. So a slow machine gets more time and a slow network does not.
 */
export class Budget {
  readonly #began: number;
  readonly #ms: number;
  readonly #looks: Look[] = [];

  constructor(ms: number) {
    this.#ms = ms;
    watchHarness();
    this.#began = performance.now();
  }

  /** Somebody looked. */
  looked(look: Look): void {
    this.#looks.push(look);
  }

  /** Milliseconds that the clock has run. */
  get spent(): number {
    watchHarness();
    const now = performance.now();
    const paused = pausesOf(this.#looks);
    const alone = (from: number, to: number) => to - from - harness.sum(from, to);
    return alone(this.#began, now) - paused.reduce((sum, { from, to }) => sum + alone(from, to), 0);
  }

  /** The time is used up: what is not there by now has not come in time. */
  get isSpent(): boolean {
    return this.spent >= this.#ms;
  }

  /** Its clock has been stopped for too long: there is no use in going on. */
  get isStretched(): boolean {
    return performance.now() - this.#began >= longestStretch * this.#ms;
  }

  /** It is spent, or stretched too far. */
  get isOver(): boolean {
    return this.isSpent || this.isStretched;
  }
}

/** When looks were void and no sound one was under way, in order, and between void looks that follow each other. */
function pausesOf(looks: Look[]): Span[] {
  const sound = looks.filter(({ isVoid }) => !isVoid);
  const voided = looks.filter(({ isVoid }) => isVoid).toSorted((a, b) => a.launchedAt - b.launchedAt);
  const pauses: Span[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const { launchedAt, endedAt } of voided) {
    const isNext = Number.isFinite(last) && !sound.some((one) => one.launchedAt > last && one.launchedAt < launchedAt);
    const from = isNext ? last : Math.max(last, launchedAt);
    const to = Math.max(from, endedAt);
    pauses.push(...without(sound, { from, to }));
    last = to;
  }
  return pauses;
}

/** What is left of a span of time without these looks. */
function without(looks: Look[], span: Span): Span[] {
  let left = [span];
  for (const { launchedAt, endedAt } of looks)
    left = left.flatMap(({ from, to }) =>
      [
        { from, to: Math.min(to, launchedAt) },
        { from: Math.max(from, endedAt), to },
      ].filter((one) => one.to > one.from),
    );
  return left;
}
