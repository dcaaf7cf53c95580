import type { Mutant } from '../model/index.ts';

export interface Fault {
  /** What goes wrong, in one line. */
  fault: string;
  /** Where a real network did this. */
  link: string;
  /** A fresh one: some remember what they have seen. */
  make: () => Mutant;
}
