import type { Mutant } from '../model/index.ts';

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
