/** Runs tasks of one key one after the other, those of different keys side by side. */
export class Serial {
  readonly #tails = new Map<string, Promise<unknown>>();

  run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const result = (this.#tails.get(key) ?? Promise.resolve()).then(task);
    const tail = result.catch(() => {});
    this.#tails.set(key, tail);
    void tail.then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    });
    return result;
  }

  /** Whether a task of this key is running or waiting. */
  busy(key: string): boolean {
    return this.#tails.has(key);
  }

  /** Resolves when all tasks begun so far have ended. */
  async idle(): Promise<void> {
    await Promise.all(this.#tails.values());
  }
}
