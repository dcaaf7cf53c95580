import type { Pickle } from '@cucumber/messages';

const podsPerPlace = 10;

/** How many places a scenario takes: one, and one for each ten Pods that a step of it starts. */
export function placesOf({ steps }: Pick<Pickle, 'steps'>): number {
  const pods = steps.flatMap(({ text }) => [...text.matchAll(/\b(\d+) Pods\b/g)].map(([, count]) => Number(count)));
  return 1 + Math.floor(Math.max(0, ...pods) / podsPerPlace);
}

const isOfShop = ({ tags }: Pick<Pickle, 'tags'>) => tags.some(({ name }) => name === '@application');

/** The longest first: the shops', one after the other, then those with many Pods. Neighbours share their Pods. */
export const heaviestFirst = <T extends { pickle: Pick<Pickle, 'steps' | 'tags'> }>(planned: readonly T[]): T[] =>
  planned.toSorted(
    ({ pickle: a }, { pickle: b }) => Number(isOfShop(b)) - Number(isOfShop(a)) || placesOf(b) - placesOf(a),
  );

/** Whether a scenario fits beside those that run. One alone always does; no lighter one overtakes one that waits. */
export function createPlaces(): (candidate: Pickle, running: readonly Pickle[], limit: number) => boolean {
  let waiting: Pickle | undefined;
  return (candidate, running, limit) => {
    const taken = running.reduce((sum, each) => sum + placesOf(each), 0);
    const fits = running.length === 0 || taken + placesOf(candidate) <= limit;
    if (candidate === waiting && fits) waiting = undefined;
    if (waiting !== undefined && running.length > 0) return false;
    if (!fits && placesOf(candidate) > 1) waiting = candidate;
    return fits;
  };
}
