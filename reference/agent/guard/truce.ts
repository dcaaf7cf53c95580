/** Waits between two repairs, in milliseconds. */
const times = {
  /** What comes within this is one accident: a program that reloads its rules does so in many steps. */
  accident: 1_000,
  /** Between two repairs of one accident. */
  repairs: 200,
  /** From the first accident too many on, doubled each time. */
  backOff: 1_000,
  longest: 30_000,
  /** So long an accident counts. */
  remembered: 300_000,
  /** After so long without an accident the other program has given way. */
  peace: 60_000,
};

/** So many accidents are put right at once. */
const patience = 5;

/** Whether another program undoes again and again what is ours, and how long to let it be. */
export class Truce {
  #accidents: number[] = [];
  #repairAt = Number.NEGATIVE_INFINITY;

  /** Something was undone, at this moment in milliseconds. Returns the wait before it is put right. */
  disturbed(now: number): number {
    this.#accidents = this.#accidents.filter((at) => now - at < times.remembered);
    if (now - (this.#accidents.at(-1) ?? Number.NEGATIVE_INFINITY) >= times.accident) this.#accidents.push(now);
    const beyond = this.#accidents.length - patience;
    const backOff = beyond <= 0 ? 0 : Math.min(times.backOff * 2 ** (beyond - 1), times.longest);
    const wait = Math.max(backOff, this.#repairAt + times.repairs - now, 0);
    this.#repairAt = now + wait;
    return wait;
  }

  /** How many accidents there were, if that is a fight that goes on; else 0. */
  fights(now: number): number {
    const last = this.#accidents.at(-1) ?? Number.NEGATIVE_INFINITY;
    return this.#accidents.length > patience && now - last < times.peace ? this.#accidents.length : 0;
  }
}
