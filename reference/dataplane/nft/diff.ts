import { addElements, chainRules, declareChain, declareSet, deleteElements, Script } from './script.ts';
import { type SetState, type TableState, valueOf } from './state.ts';

/**
 * Chains that nothing refers to any more, empty, and since when: kernels before 6.2 may crash when a chain is deleted right
 * after its last reference (https://github.com/kubernetes/kubernetes/blob/master/pkg/proxy/nftables/proxier.go, staleChains).
 */
export type RetiredChains = Map<string, number>;

const REST_MS = 1000;

/**
 * Statements that turn `before` into `after`, in an order in which each finds what it names. Retired chains of an earlier call are
 * deleted once they have rested. Changes `retired`, so apply the text or start anew.
 */
export function diff(before: TableState, after: TableState, retired: RetiredChains, now: number): Script {
  const script = new Script();
  const { name: table } = after;
  for (const [name, set] of after.sets) if (!before.sets.has(name)) declareSet(script, table, name, set);
  const fresh = new Set<string>();
  for (const [name, chain] of after.chains) {
    const old = before.chains.get(name);
    if (old === undefined) declareChain(script, table, name, chain);
    else if (sameRules(old.rules, chain.rules)) continue;
    else script.add(`flush chain ip ${table} ${name}`);
    retired.delete(name);
    fresh.add(name);
  }
  for (const name of fresh) chainRules(script, table, name, after.chains.get(name)?.rules ?? []);
  for (const [name, set] of after.sets) elements(script, table, name, before.sets.get(name), set);
  for (const [name, since] of retired) {
    if (now - since < REST_MS) continue;
    script.add(`delete chain ip ${table} ${name}`);
    retired.delete(name);
  }
  for (const name of before.chains.keys()) {
    if (after.chains.has(name)) continue;
    script.add(`flush chain ip ${table} ${name}`);
    retired.set(name, now);
  }
  for (const name of before.sets.keys()) if (!after.sets.has(name)) script.add(`delete set ip ${table} ${name}`);
  return script;
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
    for (const key of were.keys()) compare(key, valueOf(were, key));
    for (const key of after.elements.keys()) if (valueOf(were, key) === undefined) compare(key, undefined);
  }
  deleteElements(script, table, name, gone);
  addElements(script, table, name, added);
}
