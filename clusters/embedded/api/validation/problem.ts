/**
 * What is wrong with a field, and how the real server says it.
 * https://github.com/kubernetes/apimachinery/blob/v0.34.3/pkg/util/validation/field/errors.go
 */
import { ApiError } from '../../objects.ts';
import type { Resource } from '../resources.ts';

export interface Problem {
  /** Path of the field: `spec.ingress[0].from[1].ipBlock.cidr`. */
  field: string;
  reason: string;
  message: string;
}

/** A value of an object, of whatever shape: its types were checked when it was decoded. */
// biome-ignore lint/suspicious/noExplicitAny: objects of all kinds pass through here
export type Value = any;

const problem = (reason: string, field: string, text: string, detail: string): Problem => ({
  field,
  reason: `FieldValue${reason}`,
  message: detail === '' ? text : `${text}: ${detail}`,
});

/** As Go prints it: strings quoted, everything else as JSON. */
const shown = (value: Value): string => (value === undefined ? 'null' : JSON.stringify(value));

export const required = (field: string, detail = ''): Problem => problem('Required', field, 'Required value', detail);

export const invalid = (field: string, value: Value, detail: string): Problem =>
  problem('Invalid', field, `Invalid value: ${shown(value)}`, detail);

export const unsupported = (field: string, value: Value, supported: string[]): Problem =>
  problem(
    'NotSupported',
    field,
    `Unsupported value: ${shown(value)}`,
    `supported values: ${supported.map((each) => JSON.stringify(each)).join(', ')}`,
  );

export const forbidden = (field: string, detail: string): Problem => problem('Forbidden', field, 'Forbidden', detail);

export const duplicate = (field: string, value: Value): Problem =>
  problem('Duplicate', field, `Duplicate value: ${shown(value)}`, '');

export const notFoundValue = (field: string, value: Value): Problem =>
  problem('NotFound', field, `Not found: ${shown(value)}`, '');

export const tooLong = (field: string, bytes: number): Problem =>
  problem('TooLong', field, 'Too long', `may not be more than ${bytes} bytes`);

/** One problem for each message about the same value. */
export const invalidFor = (field: string, value: Value, messages: string[]): Problem[] =>
  messages.map((message) => invalid(field, value, message));

/** The 422 that reports all problems; several are shown in brackets, and the same text only once. */
export function invalidObject(
  { group, kind }: Pick<Resource, 'group' | 'kind'>,
  name: string,
  problems: Problem[],
): ApiError {
  const texts = [...new Set(problems.map(({ field, message }) => `${field}: ${message}`))];
  const text = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  const qualified = group === '' ? kind : `${kind}.${group}`;
  return new ApiError(422, 'Invalid', `${qualified} ${JSON.stringify(name)} is invalid: ${text}`, {
    ...(name === '' ? {} : { name }),
    ...(group === '' ? {} : { group }),
    kind,
    causes: problems.map(({ reason, message, field }) => ({ reason, message, field })),
  });
}
