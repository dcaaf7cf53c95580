import { type ChainState, type SetState, type TableState, valueOf } from './state.ts';
import { comment } from './text.ts';

/** Statements for one `nft -f -`, which carries out all or none. Iterated it gives a line each, as often as asked. */
export class Script implements Iterable<string> {
  readonly #parts: (string | Iterable<string>)[] = [];
  /** Statements and elements. */
  operations = 0;

  /** A statement, or such as are made while they are read. */
  add(part: string | Iterable<string>, operations = 1): void {
    this.#parts.push(part);
    this.operations += operations;
  }

  append(other: Script): void {
    this.add(other, other.operations);
  }

  *[Symbol.iterator](): Iterator<string> {
    for (const part of this.#parts) {
      if (typeof part === 'string') yield `${part}\n`;
      else yield* part;
    }
  }
}

/** Elements in one statement: an error shows the statement, so it should stay readable. */
const ELEMENTS_PER_LINE = 250;

/** What stands in the braces of a set, map or chain; none where there is nothing to say. */
function braces(definition: string | undefined, about: string | undefined): string {
  const parts = [definition ?? [], about === undefined ? [] : `${comment(about)};`].flat();
  return parts.length === 0 ? '' : ` { ${parts.join(' ')} }`;
}

export function declareSet(script: Script, table: string, name: string, { kind, definition, about }: SetState): void {
  script.add(`add ${kind} ip ${table} ${name}${braces(definition, about)}`);
}

export function declareChain(script: Script, table: string, name: string, { hook, about }: ChainState): void {
  script.add(`add chain ip ${table} ${name}${braces(hook, about)}`);
}

export function chainRules(script: Script, table: string, name: string, rules: string[]): void {
  for (const rule of rules) script.add(`add rule ip ${table} ${name} ${rule}`);
}

/** Nothing is written before it is read: all texts at once would be the most memory that the agent ever takes. */
export function addElements(script: Script, table: string, name: string, elements: SetState['elements']): void {
  const lines = function* (): Iterator<string> {
    let texts: string[] = [];
    const line = () => `add element ip ${table} ${name} { ${texts.join(', ')} }\n`;
    for (const key of elements.keys()) {
      const value = valueOf(elements, key);
      texts.push(value ? `${key} : ${value}` : key);
      if (texts.length < ELEMENTS_PER_LINE) continue;
      yield line();
      texts = [];
    }
    if (texts.length > 0) yield line();
  };
  script.add({ [Symbol.iterator]: lines }, elements.size);
}

export function deleteElements(script: Script, table: string, name: string, keys: string[]): void {
  for (let start = 0; start < keys.length; start += ELEMENTS_PER_LINE) {
    const some = keys.slice(start, start + ELEMENTS_PER_LINE);
    script.add(`delete element ip ${table} ${name} { ${some.join(', ')} }`, some.length);
  }
}

/**
 * Statements that put a table into the kernel whatever is there under its name, in one transaction and so without a
 * gap. With `keepLearned`, maps that packets fill keep what they have; the kernel refuses that if a former version of
 * the table was built differently.
 */
export function load(table: TableState, { keepLearned }: { keepLearned: boolean }): Script {
  const script = new Script();
  const { name } = table;
  script.add(`add table ip ${name}`);
  const flush = keepLearned && table.learned.size > 0;
  for (const line of flush ? [`flush table ip ${name}`] : [`delete table ip ${name}`, `add table ip ${name}`]) {
    script.add(line);
  }
  for (const [set, state] of table.sets) {
    declareSet(script, name, set, state);
    if (flush) script.add(`flush ${state.kind} ip ${name} ${set}`);
  }
  for (const [set, state] of table.learned) declareSet(script, name, set, state);
  for (const [chain, state] of table.chains) declareChain(script, name, chain, state);
  for (const [chain, state] of table.chains) chainRules(script, name, chain, state.rules);
  for (const [set, { elements }] of table.sets) addElements(script, name, set, elements);
  return script;
}
