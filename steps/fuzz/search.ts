import * as fc from 'fast-check';
import { BrokenError } from '../outcome.ts';
import { deletions } from './deletions.ts';
import { type CaseName, entropyOf } from './feature.ts';
import { cases } from './generate/index.ts';
import type { Case, Place } from './place.ts';

/** A case, and the name by which it is drawn again. */
export interface Drawn {
  name: CaseName;
  one: Case;
}

interface Bounds {
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

/** The smallest case that fails: fast-check proposes, then each part is left out. What `fails` throws ends it. */
export async function search(
  place: Place,
  { name, one }: Drawn,
  fails: (one: Case) => Promise<boolean>,
  { mostTries, forMs }: Bounds,
): Promise<SearchResult> {
  const began = performance.now();
  const known = new Map([[JSON.stringify(one), true]]);
  let tries = 0;
  let cut: string | undefined;
  let broke = false;
  const attempt = async (smaller: Case, untilMs: number): Promise<boolean> => {
    const key = JSON.stringify(smaller);
    const before = known.get(key);
    if (before !== undefined || broke) return before ?? false;
    if (tries >= mostTries) cut = `after ${tries} smaller cases`;
    else if (performance.now() - began > untilMs) cut = `after ${Math.round(untilMs / 1000)} s`;
    else {
      tries += 1;
      const still = await fails(smaller).catch((error: Error) => {
        broke = true;
        cut = `when ${error.message}`;
        return false;
      });
      known.set(key, still);
      return still;
    }
    return false;
  };
  const property = fc.asyncProperty(cases(place), async (smaller) => !(await attempt(smaller, forMs * shrinking)));
  const { counterexample } = await fc.check(property, { seed: entropyOf(name), numRuns: 1 });
  if (counterexample === null) throw new BrokenError('the case that failed was not drawn again from its seed');
  const smallest = await pruned(counterexample[0], (smaller) => attempt(smaller, forMs));
  const seconds = (performance.now() - began) / 1000;
  return { smallest, tries, seconds, ...(cut !== undefined && { cut }) };
}

/** Share of the time that fast-check has. Leaving parts out takes little, and does most for what it has not ended. */
const shrinking = 2 / 3;

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
