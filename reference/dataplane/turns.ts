/** A look that changes come into so often takes a turn of its own. */
const TRIES = 3;

/** Changes are made one after the other. Who only looks at what they made keeps none waiting. */
export class Turns {
  #tail: Promise<unknown> = Promise.resolve();
  /** How often a change began or ended: odd while one is being made. */
  #count = 0;

  /** Makes a change when all before it have ended. */
  run<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(async () => {
      this.#count += 1;
      try {
        return await change();
      } finally {
        this.#count += 1;
      }
    });
    this.#tail = result.catch(() => {});
    return result;
  }

  /** Looks whether all is there, while no change is under way. A "no" into which one came is asked again. */
  async look(isThere: () => Promise<boolean>): Promise<boolean> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      while (this.#count % 2 === 1) await this.#tail;
      const before = this.#count;
      const found = await isThere();
      if (found || this.#count === before) return found;
    }
    return this.run(isThere);
  }

  /** Resolves when all changes begun so far have ended. */
  async idle(): Promise<void> {
    await this.#tail;
  }
}
