import { type ChainState, elementText, type SetState, valueOf } from './state.ts';

/** Statements for one `nft -f -`, which carries out all of them or none. Iterated it gives them a line each, as often as one asks. */
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

export function declareSet(script: Script, table: string, name: string, { kind, definition }: SetState): void {
  script.add(`add ${kind} ip ${table} ${name} { ${definition} }`);
}

export function declareChain(script: Script, table: string, name: string, { hook }: ChainState): void {
  script.add(`add chain ip ${table} ${name}${hook === undefined ? '' : ` { ${hook} }`}`);
}

export function chainRules(script: Script, table: string, name: string, rules: string[]): void {
  for (const rule of rules) script.add(`add rule ip ${table} ${name} ${rule}`);
}

/** Nothing is written before it is read: the text of tens of thousands would be the most memory that the agent ever takes. */
export function addElements(script: Script, table: string, name: string, elements: SetState['elements']): void {
  const lines = function* (): Iterator<string> {
    let texts: string[] = [];
    const line = () => `add element ip ${table} ${name} { ${texts.join(', ')} }\n`;
    for (const key of elements.keys()) {
      texts.push(elementText(key, valueOf(elements, key)));
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
