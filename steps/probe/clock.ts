/**
 * An agent's monotonic clock against the harness's. Pods on different machines share no clock, so each channel
 * estimates one offset from pings, as NTP does: the reply was made somewhere between sending and receiving, and half
 * the round trip is the most that the middle can be wrong. The newest sample with the shortest round trip is trusted.
 */
export class Clock {
  readonly #samples: { offset: number; precision: number; takenAt: number }[] = [];
  static readonly #kept = 16;
  /** More than two monotonic clocks drift apart, as a share of the time that passes: 500 ppm (adjtimex(2)). */
  static readonly #drift = 500e-6;

  /** One ping: sent and received by the harness's clock, answered at `at` by the agent's. All in ms. */
  sample(sentAt: number, receivedAt: number, at: number): void {
    this.#samples.push({
      offset: (sentAt + receivedAt) / 2 - at,
      precision: (receivedAt - sentAt) / 2,
      takenAt: receivedAt,
    });
    if (this.#samples.length > Clock.#kept) this.#samples.shift();
  }

  /** An answer made at `at` can have come in between. False: the clock has jumped, and its times are worth nothing. */
  agrees(sentAt: number, receivedAt: number, at: number): boolean {
    if (this.#samples.length === 0) return true;
    const slack = this.precisionAt(receivedAt);
    const when = this.toHarness(at);
    return when > sentAt - slack && when < receivedAt + slack;
  }

  get #best(): { offset: number; precision: number; takenAt: number } {
    const newest = this.#samples.at(-1)?.takenAt ?? 0;
    const worth = ({ precision, takenAt }: { precision: number; takenAt: number }) =>
      precision + (newest - takenAt) * Clock.#drift;
    return this.#samples.reduce((best, one) => (worth(one) < worth(best) ? one : best), {
      offset: 0,
      precision: Number.POSITIVE_INFINITY,
      takenAt: 0,
    });
  }

  /** Time `at` of the agent's clock as a time of the harness's performance.now(), true to within ± precision. */
  toHarness(at: number): number {
    return at + this.#best.offset;
  }

  /** Milliseconds, with what the clocks have drifted since the sample was taken; Infinity before the first one. */
  precisionAt(now: number): number {
    const { precision, takenAt } = this.#best;
    return precision + Math.abs(now - takenAt) * Clock.#drift;
  }
  get precision(): number {
    return this.precisionAt(performance.now());
  }
}
