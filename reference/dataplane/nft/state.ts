/** What is in one of our tables: written by the renderers, compared by diff, never read back from the kernel. */

import type { Elements } from '../../model/versioned.ts';

export interface SetState {
  kind: 'set' | 'map';
  /** Type, flags, size: what stands in the braces of `add set`. */
  definition: string;
  /** A set's keys, or a map's keys and values, in nft's spelling. */
  elements: Elements | ReadonlyMap<string, string>;
  /** What it is for: `nft list table` shows it, packets never meet it. */
  about?: string;
  /**
   * Large maps are changed in place: then this says what was changed since which state, and what those keys had before
   * (undefined: they were not there). The state that it was changed from has no elements of its own any more.
   */
  changes?: { from: SetState; were: ReadonlyMap<string, string | undefined> };
}

export interface ChainState {
  /** `type nat hook output priority -100;` of a base chain. */
  hook?: string;
  rules: string[];
  about?: string;
}

/** A table of family `ip`. */
export interface TableState {
  name: string;
  sets: Map<string, SetState>;
  chains: Map<string, ChainState>;
  /** Maps that packets fill: they are kept when the table is loaded anew. */
  learned: Map<string, SetState>;
}

export function tableOf(name: string, sets: Record<string, SetState>, chains: Record<string, ChainState>): TableState {
  return { name, sets: new Map(Object.entries(sets)), chains: new Map(Object.entries(chains)), learned: new Map() };
}

/** Of a set's element: ''. Undefined: there is no such element. */
export function valueOf(elements: SetState['elements'], key: string): string | undefined {
  if (elements instanceof Map) return elements.get(key);
  return elements.has(key) ? '' : undefined;
}
