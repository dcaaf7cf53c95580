import { addElements, chainRules, declareChain, declareSet, Script } from './script.ts';
import type { TableState } from './state.ts';

/**
 * Statements that put a table into the kernel whatever is there under its name, in one transaction and so without a gap. With
 * `keepLearned`, maps that packets fill keep what they have; the kernel refuses that if a former version of the table was
 * built differently.
 */
export function load(table: TableState, { keepLearned }: { keepLearned: boolean }): Script {
  const script = new Script();
  const { name } = table;
  script.add(`add table ip ${name}`);
  if (keepLearned && table.learned.size > 0) {
    script.add(`flush table ip ${name}`);
    for (const [set, state] of table.sets) {
      declareSet(script, name, set, state);
      script.add(`flush ${state.kind} ip ${name} ${set}`);
    }
  } else {
    script.add(`delete table ip ${name}`);
    script.add(`add table ip ${name}`);
    for (const [set, state] of table.sets) declareSet(script, name, set, state);
  }
  for (const [set, state] of table.learned) declareSet(script, name, set, state);
  for (const [chain, state] of table.chains) declareChain(script, name, chain, state);
  for (const [chain, state] of table.chains) chainRules(script, name, chain, state.rules);
  for (const [set, { elements }] of table.sets) {
    addElements(script, name, set, elements);
  }
  return script;
}
