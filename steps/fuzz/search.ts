import * as fc from 'fast-check';
import { BrokenError } from '../outcome.ts';
import { deletions } from './deletions.ts';
import { cases } from './generate/index.ts';
import type { Case, Place } from './place.ts';
import { type CaseName, entropyOf } from './seed.ts';

export interface Bounds {
  mostTries: number;
  /** Milliseconds. */
  forMs: number;
}

export interface SearchResult {
  smallest: Case;
  /** Different cases that were tried. */
  tries: number;
  seconds: number;
  /** Completes "the search ended", when it ended before all smaller cases were tried. */
  cut?: string;
}

/**
 * The smallest case that still fails: fast-check proposes ever smaller ones, and of the last that fails every part is left out in turn.
 * `fails` tries one; no case is tried twice. What it throws ends the search, which keeps what it has found.
 */
export async function search(
  place: Place,
  { name, one }: { name: CaseName; one: Case },
  fails: (one: Case) => Promise<boolean>,
  { mostTries, forMs }: Bounds,
): Promise<SearchResult> {
  const began = performance.now();
  const known = new Map([[JSON.stringify(one), true]]);
  let tries = 0;
  let cut: string | undefined;
  const attempt = async (smaller: Case): Promise<boolean> => {
    const key = JSON.stringify(smaller);
    const before = known.get(key);
    if (before !== undefined) return before;
    if (tries >= mostTries) cut ??= `after ${tries} smaller cases`;
    if (performance.now() - began > forMs) cut ??= `after ${forMs / 1000} s`;
    if (cut !== undefined) return false;
    tries += 1;
    const still = await fails(smaller).catch((error: Error) => {
      cut = `when ${error.message}`;
      return false;
    });
    known.set(key, still);
    return still;
  };
  const property = fc.asyncProperty(cases(place), async (smaller) => !(await attempt(smaller)));
  const { counterexample } = await fc.check(property, { seed: entropyOf(name), numRuns: 1 });
  if (counterexample === null) throw new BrokenError('the case that failed was not drawn again from its seed');
  const smallest = await pruned(counterexample[0], attempt);
  const seconds = (performance.now() - began) / 1000;
  return { smallest, tries, seconds, ...(cut !== undefined && { cut }) };
}

/** Without any part that it can do without. */
async function pruned(one: Case, attempt: (smaller: Case) => Promise<boolean>): Promise<Case> {
  for (const smaller of deletions(one)) if (await attempt(smaller)) return pruned(smaller, attempt);
  return one;
}

/** The case of that name. */
export function draw(place: Place, name: CaseName): Case {
  const [one] = fc.sample(cases(place), { seed: entropyOf(name), numRuns: 1 }) as [Case];
  return one;
}
