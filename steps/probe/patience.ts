/** TCP has sent a first packet three times, at 0, 1 and 3 s (RFC 6298), less what an answer takes; in ms. */
const retransmissionMs = 2_500;

/** Allowed round trips that are remembered: those of the last few rounds. */
const remembered = 100;

/** An attempt waits for so many times what the slowest of them took. */
const factor = 4;

/**
 * How long an attempt waits for its answer on this cluster: it follows from what allowed round trips take, seen at the
 * start and while the suite runs, between a floor and a ceiling of the run's profile. So slow is not taken for dropped.
 */
export class Patience {
  readonly #bounds: { least: number; most: number };
  readonly #roundTrips: number[] = [];

  constructor(bounds: { least: number; most: number }) {
    this.#bounds = bounds;
  }

  /** An answer did not come in so many ms, though the question arrived: the next one is waited for twice as long. */
  late(timeoutMs: number): void {
    this.took((2 * timeoutMs) / factor);
  }

  /** An allowed round trip, in ms. */
  took(ms: number): void {
    this.#roundTrips.push(ms);
    if (this.#roundTrips.length > remembered) this.#roundTrips.shift();
  }

  /** For an attempt that another one follows, in ms. */
  get timeoutMs(): number {
    const { least, most } = this.#bounds;
    return Math.round(Math.min(most, Math.max(least, factor * Math.max(0, ...this.#roundTrips))));
  }

  /** For an attempt that has to be answered, in ms: a first packet that was lost is sent again, and the answer late. */
  get answerMs(): number {
    return retransmissionMs + this.timeoutMs;
  }
}
