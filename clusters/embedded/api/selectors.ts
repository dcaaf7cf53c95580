/**
 * Label and field selectors, as text in requests and as objects in specs.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
import { badRequest } from './errors.ts';

export type Operator = 'in' | 'notin' | 'exists' | '!' | '=' | '==' | '!=' | 'gt' | 'lt';

export interface Requirement {
  key: string;
  operator: Operator;
  values: string[];
}

type Labels = Record<string, string> | undefined;

/** One token: a comma, a bracket, an operator, or a word (which ends where any of those or a space begins). */
const token = /\s*(?:(==|!=|=|!|\(|\)|,|<|>)|([^\s=!(),<>]+))/y;

function tokens(text: string): string[] {
  const found: string[] = [];
  token.lastIndex = 0;
  const end = text.trimEnd().length;
  while (token.lastIndex < end) {
    const match = token.exec(text);
    if (!match) throw badRequest(`unable to parse requirement: ${text}`);
    found.push(match[1] ?? (match[2] as string));
  }
  return found;
}

const punctuation = new Set(['==', '!=', '=', '!', '(', ')', ',', '<', '>']);
const isWord = (text: string | undefined): text is string => text !== undefined && !punctuation.has(text);

/** Parses the text of a label selector. Throws 400 for what is not one. An empty text selects everything. */
export function parseLabelSelector(text: string): Requirement[] {
  const rest: (string | undefined)[] = tokens(text);
  const requirements: Requirement[] = [];
  const unexpected = (wanted: string) =>
    badRequest(`unable to parse requirement: found '${rest[0] ?? ''}', expected: ${wanted}`);
  const word = (wanted: string): string => {
    if (!isWord(rest[0])) throw unexpected(wanted);
    return rest.shift() as string;
  };
  // a value may be empty: `a=`, `a in (,x)`
  const value = (): string => (isWord(rest[0]) ? (rest.shift() as string) : '');
  const values = (): string[] => {
    if (rest.shift() !== '(') throw unexpected("'('");
    const list = [value()];
    while (rest[0] === ',') {
      rest.shift();
      list.push(value());
    }
    if (rest.shift() !== ')') throw unexpected("',' or ')'");
    return [...new Set(list)].toSorted();
  };

  while (rest.length > 0) {
    if (rest[0] === '!') {
      rest.shift();
      requirements.push({ key: word('identifier'), operator: '!', values: [] });
    } else {
      const key = word('!, identifier');
      const next = rest[0];
      if (next === undefined || next === ',') requirements.push({ key, operator: 'exists', values: [] });
      else if (next === 'in' || next === 'notin') {
        rest.shift();
        requirements.push({ key, operator: next, values: values() });
      } else if (next === '=' || next === '==' || next === '!=') {
        rest.shift();
        requirements.push({ key, operator: next, values: [value()] });
      } else if (next === '>' || next === '<') {
        rest.shift();
        const number = word('integer');
        const why = `values: Invalid value: "${number}": for 'Gt', 'Lt' operators, the value must be an integer`;
        if (!isInteger(number)) throw badRequest(why);
        requirements.push({ key, operator: next === '>' ? 'gt' : 'lt', values: [number] });
      } else throw unexpected('in, notin, =, ==, !=, gt, lt');
    }
    if (rest.length === 0) break;
    if (rest.shift() !== ',') throw badRequest(`unable to parse requirement: ${text}`);
    if (rest.length === 0) throw unexpected("identifier after ','");
  }
  return requirements;
}

type Test = (value: string | undefined, values: string[]) => boolean;

const isOneOf: Test = (value, values) => value !== undefined && values.includes(value);
const isNoneOf: Test = (value, values) => !isOneOf(value, values);
const isInteger = (value: string | undefined): value is string => value !== undefined && /^-?\d+$/.test(value);

const tests: Record<Operator, Test> = {
  exists: (value) => value !== undefined,
  '!': (value) => value === undefined,
  '=': isOneOf,
  '==': isOneOf,
  in: isOneOf,
  '!=': isNoneOf,
  notin: isNoneOf,
  gt: (value, [than]) => isInteger(value) && Number(value) > Number(than),
  lt: (value, [than]) => isInteger(value) && Number(value) < Number(than),
};

export const matches = (requirements: Requirement[], labels: Labels): boolean =>
  requirements.every(({ key, operator, values }) =>
    tests[operator](labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined, values),
  );

/** A field selector knows only `=`, `==` and `!=`, joined by commas; `\` escapes a comma, an equals sign or itself. */
export function parseFieldSelector(text: string): Requirement[] {
  return text
    .split(/(?<!\\),/)
    .filter((term) => term.trim() !== '')
    .map((term) => {
      const match = /^\s*([^=!]+?)\s*(==|!=|=)(.*)$/s.exec(term);
      if (!match) throw badRequest(`invalid field selector: invalid field selector: ${term}`);
      const [, key = '', operator = '=', value = ''] = match;
      return { key, operator: operator as Operator, values: [value.replaceAll(/\\([\\,=])/g, '$1')] };
    });
}

export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

const operators: Record<string, Operator> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' };

/** A selector object of a spec as requirements. The empty one selects everything; an absent one is not meant here. */
export const requirementsOf = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector): Requirement[] => [
  ...Object.entries(matchLabels).map(([key, value]): Requirement => ({ key, operator: '=', values: [value] })),
  ...matchExpressions.map((each): Requirement => ({ values: [], ...each, operator: operators[each.operator] ?? 'in' })),
];
