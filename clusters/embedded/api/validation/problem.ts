/**
 * What is wrong with a field, and how the real server says it.
 * https://github.com/kubernetes/apimachinery/blob/v0.34.3/pkg/util/validation/field/errors.go
 */
import { ApiError } from '../../objects.ts';
import type { GroupKind } from '../resources.ts';
import type { Check } from './names.ts';

export interface Problem {
  /** Path of the field: `spec.ingress[0].from[1].ipBlock.cidr`. */
  field: string;
  reason: string;
  message: string;
}

/** A value of an object, of whatever shape: its types were checked when it was decoded. */
// biome-ignore lint/suspicious/noExplicitAny: objects of all kinds pass through here
export type Value = any;

/** As Go prints it: strings quoted, everything else as JSON. */
const shown = (value: Value): string => (value === undefined ? 'null' : JSON.stringify(value));

/** A field of an object: its path, its value, and the problems found so far, which all fields of the object share. */
export class Place {
  readonly path: string;
  readonly value: Value;
  readonly problems: Problem[];

  constructor(path: string, value: Value, problems: Problem[] = []) {
    this.path = path;
    this.value = value;
    this.problems = problems;
  }

  /** A field of this value; without a value where this one has none. */
  at(name: string): Place {
    return new Place(this.path === '' ? name : `${this.path}.${name}`, this.value?.[name], this.problems);
  }

  /** The items of a list; none where it is absent. */
  items(): Place[] {
    const list: Value[] = this.value ?? [];
    return list.map((item, index) => new Place(`${this.path}[${index}]`, item, this.problems));
  }

  #add(reason: string, text: string, detail = ''): void {
    const message = detail === '' ? text : `${text}: ${detail}`;
    this.problems.push({ field: this.path, reason: `FieldValue${reason}`, message });
  }

  // one method for each reason; `value` is what the message shows

  required(detail?: string): void {
    this.#add('Required', 'Required value', detail);
  }

  invalid(detail: string, value: Value = this.value): void {
    this.#add('Invalid', `Invalid value: ${shown(value)}`, detail);
  }

  forbidden(detail: string): void {
    this.#add('Forbidden', 'Forbidden', detail);
  }

  duplicate(value: Value = this.value): void {
    this.#add('Duplicate', `Duplicate value: ${shown(value)}`);
  }

  notFound(value: Value): void {
    this.#add('NotFound', `Not found: ${shown(value)}`);
  }

  tooLong(bytes: number): void {
    this.#add('TooLong', 'Too long', `may not be more than ${bytes} bytes`);
  }

  unsupported(supported: string[], value: Value = this.value): void {
    const values = supported.map((each) => JSON.stringify(each)).join(', ');
    this.#add('NotSupported', `Unsupported value: ${shown(value)}`, `supported values: ${values}`);
  }

  // rules that many fields have

  /** Adds a problem for each complaint of the check. Returns whether there was none. */
  follow(check: Check, value: Value = this.value): boolean {
    const complaints = check(value);
    for (const complaint of complaints) this.invalid(complaint, value);
    return complaints.length === 0;
  }

  /** It must be there, and follow the check. */
  present(check?: Check): void {
    if (!this.value) this.required();
    else if (check) this.follow(check);
  }

  /** If it is there, it must follow the check. */
  optional(check: Check): void {
    if (this.value) this.follow(check);
  }

  oneOf(supported: string[]): void {
    if (!supported.includes(this.value)) this.unsupported(supported);
  }

  /** It must be there, and one of these. */
  choice(supported: string[]): void {
    if (this.value) this.oneOf(supported);
    else this.required();
  }

  /** Its key must not be among those seen, and is from now on. */
  unique(seen: Set<unknown>, key: Value = this.value, value: Value = key): void {
    if (seen.has(key)) this.duplicate(value);
    seen.add(key);
  }

  nonNegative(...names: string[]): void {
    for (const name of names) if (this.value?.[name] < 0) this.at(name).invalid('must be greater than or equal to 0');
  }

  positive(): void {
    if (this.value <= 0) this.invalid('must be greater than 0');
  }

  /** No field of these may be set. */
  without(detail: string, ...names: string[]): void {
    for (const name of names) if (this.value[name] !== undefined) this.at(name).forbidden(detail);
  }
}

/** The 422 that reports all problems; several are shown in brackets, and the same text only once. */
export function invalidObject({ group, kind }: GroupKind, name: string, problems: Problem[]): ApiError {
  const texts = [...new Set(problems.map(({ field, message }) => `${field}: ${message}`))];
  const text = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  const qualified = group === '' ? kind : `${kind}.${group}`;
  return new ApiError(422, 'Invalid', `${qualified} ${JSON.stringify(name)} is invalid: ${text}`, {
    ...(name && { name }),
    ...(group && { group }),
    kind,
    causes: problems.map(({ reason, message, field }) => ({ reason, message, field })),
  });
}
