/**
 * What each field of each kind is: read from types.json, which schema.test.ts makes of the API's own description
 * (api/openapi-spec/v3 in the Go module k8s.io/kubernetes, Apache-2.0): for each type its fields, for each a text.
 *
 *   int32 required                                      a scalar
 *   []core.ContainerPort map(containerPort,protocol)    a list whose items these fields tell apart (server-side apply)
 *   []core.Container merge(name)                        a list that a strategic merge patch merges by this field
 *   {}string                                            a map
 *   meta.LabelSelector atomic                           replaced as a whole by server-side apply
 */
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
export const objectField = (resource: GroupKind): Field => ({ kind: 'struct', type: structName(resource) });
