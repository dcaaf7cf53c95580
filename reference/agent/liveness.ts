/** No work of the agent takes this long, in milliseconds: every command ends before, at the latest by its deadline. */
const overdueMs = 15 * 60_000;

/**
 * Whether the agent's work comes to an end: passes, and what the plugin asks for. Work that fails has ended; work that
 * never does is one that only a new process can take up again.
 */
export class Liveness {
  readonly #now: () => number;
  readonly #begun = new Map<Promise<unknown>, { what: string; since: number }>();

  /** `now`: a clock in milliseconds. */
  constructor(now: () => number = performance.now.bind(performance)) {
    this.#now = now;
  }

  /** The same work, watched until it ends. */
  watch<T>(what: string, work: Promise<T>): Promise<T> {
    this.#begun.set(work, { what, since: this.#now() });
    const ended = () => void this.#begun.delete(work);
    work.then(ended, ended);
    return work;
  }

  /** What should have ended long ago, in sentences. Empty: nothing. */
  overdue(): string[] {
    return [...this.#begun.values()].flatMap(({ what, since }) => {
      const ms = this.#now() - since;
      return ms > overdueMs ? [`${what} has not come to an end for ${Math.floor(ms / 1000)} s`] : [];
    });
  }
}
