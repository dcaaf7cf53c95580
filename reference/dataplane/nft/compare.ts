import type { TableState } from './state.ts';

/**
 * Whether a table, as `nft list table` prints it, has all sets, chains and rules that we believe to be in it, and as
 * many elements. They are counted and not compared: nft prints them in words of its own.
 */
export function isWhole(listing: string, { sets, chains, learned }: TableState): boolean {
  const found = new Map<string, number>();
  let block: string | undefined;
  let inElements = false;
  for (const line of listing.split('\n')) {
    const name = /^\t(?:set|map|chain) (\S+) \{$/.exec(line)?.[1];
    if (name !== undefined) found.set((block = name), 0);
    else if (line === '\t}') block = undefined;
    else if (block !== undefined && (inElements || line.startsWith('\t\telements = {'))) {
      found.set(block, (found.get(block) ?? 0) + line.split(',').length - (line.endsWith(',') ? 1 : 0));
      inElements = !line.endsWith('}');
    } else if (block !== undefined && chains.has(block) && !/^\t\t(?:type \w+ hook|comment ")/.test(line)) {
      found.set(block, (found.get(block) ?? 0) + 1);
    }
  }
  const has = (name: string, count: number) => found.get(name) === count;
  return (
    [...sets].every(([name, { elements }]) => has(name, elements.size)) &&
    [...chains].every(([name, { rules }]) => has(name, rules.length)) &&
    learned.keys().every((name) => found.has(name))
  );
}
