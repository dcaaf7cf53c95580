/**
 * An agent's monotonic clock against the harness's. Pods on different machines share no clock, so each channel estimates
 * one offset from pings, as NTP does: the reply was made somewhere between sending and receiving, and half the round trip is
 * the most that the middle can be wrong. The sample with the shortest round trip among the newest is the one to trust.
 */
export class Clock {
  readonly #samples: { offset: number; precision: number }[] = [];
  static readonly #kept = 16;
  /** More than two monotonic clocks drift apart while samples are kept: 500 ppm over 80 s. */
  static readonly #driftMs = 40;

  /** One ping: sent and received by the harness's clock, answered at `at` by the agent's. All in ms. */
  sample(sentAt: number, receivedAt: number, at: number): void {
    this.#samples.push({ offset: (sentAt + receivedAt) / 2 - at, precision: (receivedAt - sentAt) / 2 });
    if (this.#samples.length > Clock.#kept) this.#samples.shift();
  }

  /**
   * An answer that was made at `at` came in between: true unless that cannot be by what is known of the clock, which then has
   * jumped, and every time that the agent has told is worth nothing.
   */
  agrees(sentAt: number, receivedAt: number, at: number): boolean {
    if (this.#samples.length === 0) return true;
    const slack = this.precision + Clock.#driftMs;
    const when = this.toHarness(at);
    return when > sentAt - slack && when < receivedAt + slack;
  }

  get #best(): { offset: number; precision: number } {
    return this.#samples.reduce((best, one) => (one.precision < best.precision ? one : best), {
      offset: 0,
      precision: Number.POSITIVE_INFINITY,
    });
  }

  /** Time `at` of the agent's clock as a time of the harness's performance.now(), true to within ± precision. */
  toHarness(at: number): number {
    return at + this.#best.offset;
  }

  /** Milliseconds; Infinity before the first sample. */
  get precision(): number {
    return this.#best.precision;
  }
}
