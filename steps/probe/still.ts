/** Who stood still, and for how long at a time (ms). */
export interface Stood {
  who: string;
  ms: number;
}

/** The one who stood still longest. */
export const longest = (all: Stood[]): Stood =>
  all.reduce((worst, one) => (one.ms > worst.ms ? one : worst), { who: '', ms: 0 });

/**
 * A look is void when an observer stood still for more than this share of its time-out: what it missed meanwhile nobody
 * saw, and what it saw came too late to be told from what never comes.
 */
export const voidShare = 0.5;

/** Times are kept for as long as a scenario may last. */
const kept = 5_000;

/** When an observer's process was not run although something was due. All times by the harness's clock, in ms. */
export class Still {
  readonly #times: [from: number, to: number][] = [];

  note(from: number, to: number): void {
    this.#times.push([from, to]);
    if (this.#times.length > kept) this.#times.shift();
  }

  /** The longest of the times between two moments. */
  longest(from: number, to: number): number {
    return this.within(from, to).reduce((most, [begin, end]) => Math.max(most, end - begin), 0);
  }

  /** All of the times between two moments together. */
  sum(from: number, to: number): number {
    return stoodInAll([this], from, to);
  }

  /** Each of them as far as it falls between two moments. The newest are asked for; they are ordered by their ends. */
  within(from: number, to: number): [from: number, to: number][] {
    const all: [from: number, to: number][] = [];
    for (let i = this.#times.length - 1; i >= 0; i -= 1) {
      const [begin, end] = this.#times[i] as [number, number];
      if (end <= from) break;
      if (begin < to) all.push([Math.max(begin, from), Math.min(end, to)]);
    }
    return all;
  }

  /** What another channel to the same agent has heard of it. */
  adopt(other: Still): void {
    this.#times.unshift(...other.#times);
  }
}

/** For how long any of them stood still between two moments, in ms: no moment counts twice. */
export function stoodInAll(stills: readonly Still[], from: number, to: number): number {
  const times = stills.flatMap((still) => still.within(from, to)).toSorted(([a], [b]) => a - b);
  let until = from;
  return times.reduce((sum, [begin, end]) => {
    const fresh = Math.max(0, end - Math.max(begin, until));
    until = Math.max(until, end);
    return sum + fresh;
  }, 0);
}

/** The one of them that stood still longest between two moments, by the harness's clock. */
export function worstOf(observers: { name: string; still: Still }[], from: number, to: number): Stood {
  return longest(observers.map(({ name, still }) => ({ who: name, ms: still.longest(from, to) })));
}

/** How often a thread looks at the clock, in ms, and how late it may be: a timer is never exact. */
const beatMs = 25;
const toleratedMs = 20;

/** This thread of the harness. What it was late for it still sees: no look is void, but budgets' clocks stop. */
export const harness = new Still();
let beatAt = performance.now();
let heart: NodeJS.Timeout | undefined;

function beat(): void {
  const now = performance.now();
  if (now - beatAt > beatMs + toleratedMs) harness.note(beatAt + beatMs, now);
  beatAt = now;
}

/** Begins to watch this thread, if nobody has; the watching keeps no process alive. */
export function watchHarness(): void {
  if (heart !== undefined) return beat();
  beatAt = performance.now();
  heart = setInterval(beat, beatMs).unref();
}
