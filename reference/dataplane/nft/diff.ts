import { VersionedSet } from '../../model/versioned.ts';
import { addElements, chainRules, declareChain, declareSet, deleteElements, Script } from './script.ts';
import { type SetState, type TableState, valueOf } from './state.ts';

/**
 * Chains that nothing refers to any more, empty, and since when: kernels before 6.2 may crash when a chain is deleted
 * right after its last reference
 * (https://github.com/kubernetes/kubernetes/blob/master/pkg/proxy/nftables/proxier.go, staleChains).
 */
export type RetiredChains = Map<string, number>;

const REST_MS = 1000;

/** The scripts of one change, each to be carried out as a whole. */
export interface Change {
  /** Chains that are new, with their rules and the new sets that these name. Nothing leads to them yet. */
  ahead: Script;
  main: Script;
}

/**
 * Appends to `change` the statements that turn `before` into `after`, in an order in which each finds what it names.
 * Retired chains of an earlier call are deleted once they have rested. Changes `retired`, so apply the text or start
 * anew.
 *
 * A packet that is on its way while the kernel takes a script sees the rules from before it, and elements from after
 * it: it keeps to the generation of rules that it began with, and each lookup has that of its own moment (nft_do_chain
 * and nft_genmask_cur in the kernel's sources). A chain that came with the script would be empty to it, and what leads
 * there past every rule of it. So chains come ahead.
 */
export function diff(before: TableState, after: TableState, retired: RetiredChains, now: number, change: Change): void {
  if (before === after && retired.size === 0) return;
  const { ahead, main } = change;
  const { name: table } = after;
  const fresh = [...after.chains].filter(([name]) => !before.chains.has(name));
  const changed = [...after.chains].filter(
    ([name, { rules }]) => !sameRules(before.chains.get(name)?.rules ?? rules, rules),
  );
  const freshSets = [...after.sets].filter(([name]) => !before.sets.has(name));
  const first = fresh.length > 0 ? ahead : main;
  for (const [name, set] of freshSets) declareSet(first, table, name, set);
  for (const [name, chain] of fresh) declareChain(first, table, name, chain);
  for (const [name, { rules }] of fresh) chainRules(first, table, name, rules);
  for (const [name, set] of freshSets) elements(first, table, name, undefined, set);
  for (const [name] of fresh) retired.delete(name);
  for (const [name, { rules }] of changed) {
    main.add(`flush chain ip ${table} ${name}`);
    chainRules(main, table, name, rules);
  }
  for (const [name, set] of after.sets) {
    const was = before.sets.get(name);
    if (was !== undefined) elements(main, table, name, was, set);
  }
  for (const [name, since] of retired) {
    if (now - since < REST_MS) continue;
    main.add(`delete chain ip ${table} ${name}`);
    retired.delete(name);
  }
  for (const name of before.chains.keys()) {
    if (after.chains.has(name)) continue;
    main.add(`flush chain ip ${table} ${name}`);
    retired.set(name, now);
  }
  for (const name of before.sets.keys()) if (!after.sets.has(name)) main.add(`delete set ip ${table} ${name}`);
}

function sameRules(a: string[], b: string[]): boolean {
  return a === b || (a.length === b.length && a.every((rule, index) => rule === b[index]));
}

/** A value is changed by taking the element out and putting it in again, in one transaction. */
function elements(script: Script, table: string, name: string, before: SetState | undefined, after: SetState): void {
  if (before === after) return;
  const gone: string[] = [];
  const added = new Map<string, string>();
  const compare = (key: string, was: string | undefined) => {
    const is = valueOf(after.elements, key);
    if (was === is) return;
    if (was !== undefined) gone.push(key);
    if (is !== undefined) added.set(key, is);
  };
  if (after.changes !== undefined) {
    if (after.changes.from !== before) throw new Error(`${name} was changed from another state than the last one`);
    for (const [key, was] of after.changes.were) compare(key, was);
  } else if (before?.elements !== after.elements) {
    const were = before?.elements ?? new Set<string>();
    for (const key of keysOfEither(were, after.elements)) compare(key, valueOf(were, key));
  }
  deleteElements(script, table, name, gone);
  addElements(script, table, name, added);
}

/** Those that may differ, where that is known: then nobody goes through all. */
function keysOfEither(were: SetState['elements'], are: SetState['elements']): Iterable<string> {
  const changed = are instanceof VersionedSet ? are.changedSince(were) : undefined;
  return changed ?? new Set([...were.keys(), ...are.keys()]);
}
