/** From a request's JSON to an object of its kind: as a real server's typed decoding does it, field by field. */
import type { KubeObject } from '../../objects.ts';
import { unhandled } from '../errors.ts';
import { set } from '../json.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import { type Field, fieldsOf, objectField } from './schema.ts';

export interface Decoded {
  object: KubeObject;
  /** Paths of fields that the kind does not have; they are left out of the object. */
  unknown: string[];
}

/** Throws 400 where a value is of another type than its field. What is null or an empty list or map is absent. */
export function decode(resource: Resource, value: unknown): Decoded {
  const unknown: string[] = [];
  const fail = (what: string, target: string) =>
    unhandled(resource, `json: cannot unmarshal ${what} into Go ${target}`);
  if (jsonType(value) !== 'object') throw fail(jsonType(value), `value of type ${resource.kind}`);

  function read(given: unknown, field: Field, path: string, owner: string): unknown {
    const refuse = () => {
      const place = `${owner.split('.')[1]}.${path.replaceAll(/\[\d+\]/g, '')}`;
      const number = typeof given === 'number' && !Number.isInteger(given) ? ` ${given}` : '';
      return fail(`${jsonType(given)}${number}`, `struct field ${place} of type ${goType(field)}`);
    };
    if (field.kind === 'scalar') {
      if (!(accepted[field.type] ?? isString)(given)) throw refuse();
      return given;
    }
    if (field.kind === 'list') {
      if (!Array.isArray(given)) throw refuse();
      return given.map((item, index) =>
        read(item ?? zero(field.item as Field), field.item as Field, `${path}[${index}]`, owner),
      );
    }
    if (jsonType(given) !== 'object') throw refuse();
    const result: Record<string, unknown> = {};
    const fields = field.kind === 'struct' ? fieldsOf(field.type) : undefined;
    for (const [name, each] of Object.entries(given as object)) {
      const inner = fields ? fields.get(name) : field.item;
      const place = path === '' ? name : `${path}.${name}`;
      if (inner === undefined) unknown.push(place);
      else if (each !== null) {
        // an error names the struct and the field of it, also where the field is a map
        const decoded = read(each, inner, fields ? place : path, fields ? field.type : owner);
        if (!isEmpty(decoded, inner)) set(result, name, decoded);
      } else if (!fields && inner.type === 'string') set(result, name, '');
    }
    return result;
  }

  const object = read(value, objectField(resource), '', '') as KubeObject;
  object.apiVersion = apiVersionOf(resource);
  object.kind = resource.kind;
  object.metadata ??= { name: '' };
  return { object, unknown };
}

const jsonType = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
};

/** What scalars take; those that are not listed take strings. */
const accepted: Record<string, (value: unknown) => boolean> = {
  int32: Number.isInteger,
  int64: Number.isInteger,
  double: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  intstr: (value) => typeof value === 'string' || Number.isInteger(value),
  quantity: (value) => typeof value === 'string' || typeof value === 'number',
  any: () => true,
};
const isString = (value: unknown): boolean => typeof value === 'string';

function goType(field: Field): string {
  if (field.kind === 'list') return `[]${goType(field.item as Field)}`;
  if (field.kind === 'map') return `map[string]${goType(field.item as Field)}`;
  if (field.kind === 'struct') return `v1.${field.type.split('.')[1]}`;
  return { boolean: 'bool', intstr: 'int32' }[field.type] ?? field.type;
}

/** What null means where something must be. */
function zero({ kind, type }: Field): unknown {
  if (kind === 'list') return [];
  if (kind !== 'scalar') return {};
  if (type === 'boolean') return false;
  return ['int32', 'int64', 'double'].includes(type) ? 0 : '';
}

const isEmpty = (value: unknown, field: Field): boolean =>
  !field.required &&
  ((field.kind === 'list' && (value as unknown[]).length === 0) ||
    (field.kind === 'map' && Object.keys(value as object).length === 0));
