/** What each field of each kind is: read from types.json, which generate.ts made from the API's own description. */
import type { GroupKind } from '../resources.ts';
import texts from './types.json' with { type: 'json' };

export interface Field {
  kind: 'scalar' | 'list' | 'map' | 'struct';
  /** Of a scalar: `string`, `int32`, `intstr`, `quantity`, `any` ... Of a struct: its name, `core.PodSpec`. */
  type: string;
  /** Of a list or map: what is in it. */
  item?: Field;
  required?: boolean;
  default?: string;
  /** Server-side apply: the fields that tell the items of this list apart. A list without them is one value. */
  mapKeys?: string[];
  /** Server-side apply: a list whose items are values and owned one by one. */
  set?: boolean;
  /** Server-side apply: owned as a whole. */
  atomic?: boolean;
  /** Strategic merge patch: items are merged by this field; by value if it is empty. */
  mergeKey?: string;
}

const word = /^(\w+)(?:\((.*)\))?$/;

function parse(text: string): Field {
  const [type = '', ...words] = text.split(' ');
  const field = parseType(type);
  for (const each of words) {
    const [, name, value = ''] = word.exec(each) ?? [];
    if (name === 'map') field.mapKeys = value.split(',');
    else if (name === 'merge') field.mergeKey = value;
    else if (name === 'default') field.default = value;
    else if (name === 'set' || name === 'atomic' || name === 'required') field[name] = true;
  }
  return field;
}

function parseType(type: string): Field {
  if (type.startsWith('[]')) return { kind: 'list', type, item: parseType(type.slice(2)) };
  if (type.startsWith('{}')) return { kind: 'map', type, item: parseType(type.slice(2)) };
  return { kind: type.includes('.') ? 'struct' : 'scalar', type };
}

const parsed = new Map<string, Map<string, Field>>();

/** The fields of a struct. A name that is no type is a mistake in this program. */
export function fieldsOf(struct: string): Map<string, Field> {
  let fields = parsed.get(struct);
  if (!fields) {
    const text = (texts as Record<string, Record<string, string>>)[struct];
    if (!text) throw new Error(`the schema has no type ${struct}`);
    fields = new Map(Object.entries(text).map(([name, value]) => [name, parse(value)]));
    parsed.set(struct, fields);
  }
  return fields;
}

/** The type of what a key of a struct or map holds; undefined where the schema knows none. */
export function fieldAt(field: Field | undefined, key: string): Field | undefined {
  if (field?.kind === 'struct') return fieldsOf(field.type).get(key);
  return field?.kind === 'map' ? field.item : undefined;
}

/** Names of all types. */
export const structs: string[] = Object.keys(texts);

/** `networking.NetworkPolicy` for a group and kind. */
export const structName = ({ group, kind }: GroupKind): string =>
  `${group === '' ? 'core' : group.split('.')[0]}.${kind}`;

/** The type of a whole object. */
export const objectField = (resource: GroupKind): Field => ({
  kind: 'struct',
  type: structName(resource),
});
