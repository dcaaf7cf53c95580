import { type ChainState, elementText, type SetState } from './state.ts';

/** Statements for one `nft -f -`, which carries out all of them or none. */
export class Script {
  readonly lines: string[] = [];
  /** Statements and elements. */
  operations = 0;

  add(line: string, operations = 1): void {
    this.lines.push(line);
    this.operations += operations;
  }

  append(other: Script): void {
    this.lines.push(...other.lines);
    this.operations += other.operations;
  }

  get text(): string {
    return this.lines.map((line) => `${line}\n`).join('');
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

export function addElements(script: Script, table: string, name: string, elements: Iterable<[string, string]>): void {
  let texts: string[] = [];
  const end = () => {
    if (texts.length > 0) script.add(`add element ip ${table} ${name} { ${texts.join(', ')} }`, texts.length);
    texts = [];
  };
  for (const [key, value] of elements) {
    texts.push(elementText(key, value));
    if (texts.length === ELEMENTS_PER_LINE) end();
  }
  end();
}

export function deleteElements(script: Script, table: string, name: string, keys: string[]): void {
  for (let start = 0; start < keys.length; start += ELEMENTS_PER_LINE) {
    const some = keys.slice(start, start + ELEMENTS_PER_LINE);
    script.add(`delete element ip ${table} ${name} { ${some.join(', ')} }`, some.length);
  }
}
