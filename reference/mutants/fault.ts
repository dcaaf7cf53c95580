import type { Desired, Mutant, Snapshot } from '../model/index.ts';
import { policies } from '../model/policies/index.ts';
import { services } from '../model/services/index.ts';

export interface Fault {
  /** What goes wrong, in one line. */
  fault: string;
  /** Where a real network did this, or whose job it is to notice. */
  link: string;
  /** Ids of the scenarios that are to notice, the likeliest first: path of the feature file and the name. */
  seenBy: [string, ...string[]];
  /** Where only this fabric has what goes wrong. Absent: the usual one. */
  fabric?: 'vxlan';
  /** Where only a cluster whose watches are late shows what goes wrong: the seed of `--adversary`. */
  adversary?: number;
  /** A fresh one: some remember what they have seen. */
  make: () => Mutant;
}

/** Remembers the first value it is given under a key, and gives that ever after. */
export function firstSeen<T>(): (key: string, value: T) => T {
  const seen = new Map<string, T>();
  return (key, value) => {
    const first = seen.get(key);
    if (first !== undefined) return first;
    seen.set(key, value);
    return value;
  };
}

/** A mutant that changes one part of what is desired. */
export const spoil =
  <K extends Exclude<keyof Desired, 'attached' | 'addresses' | 'passing'>>(
    part: K,
    change: (state: Desired[K], desired: Desired, snapshot: Snapshot) => Partial<Desired[K]>,
  ): Mutant =>
  (desired, snapshot) => ({ ...desired, [part]: { ...desired[part], ...change(desired[part], desired, snapshot) } });

const parts = { services, policies };

/** A mutant that is the model itself, asked about objects that are not quite what the API server has. */
export const ask =
  (part: keyof typeof parts, change: (snapshot: Snapshot) => Partial<Snapshot>): Mutant =>
  (desired, snapshot) => ({ ...desired, [part]: parts[part]({ ...snapshot, index: undefined, ...change(snapshot) }) });

/** Whether an agent began on a node that had Pods already, by the first state that it is asked about. */
export function restarted(): (desired: Desired) => boolean {
  let answer: boolean | undefined;
  return ({ attached }) => (answer ??= attached.size > 0);
}
