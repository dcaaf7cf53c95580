/**
 * Sets of fields, as managedFields records them (FieldsV1): which parts of an object somebody owns.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/
 *
 * A path is a list of steps: `f:NAME` into a struct or map, `k:{"name":"x"}` to the item of a list that has these keys,
 * `v:"x"` to the value of a set. Inside this program a path is one text, its steps joined by NUL.
 */
import { equal } from '../json.ts';
import { type Field, fieldAt, fieldsOf } from '../schema/schema.ts';

const separator = '\u0000';

export const join = (path: string, step: string): string => (path === '' ? step : path + separator + step);
/** The path of a field that is below structs only: `metadata.name`. */
export const pathOf = (names: string): string =>
  names
    .split('.')
    .map((name) => `f:${name}`)
    .join(separator);
const stepsOf = (path: string): string[] => path.split(separator);
export const isBelow = (path: string, parent: string): boolean => path.startsWith(parent + separator);

/** Path -> value at it. Of structs, maps and items, which are more than their value, the value is undefined. */
export type Leaves = Map<string, unknown>;

type Json = Record<string, unknown>;

/** The keys that tell this item of a list from the others; what is absent has its default. */
function keysOf(item: Json, field: Field): Json {
  const struct = fieldsOf((field.item as Field).type);
  const keys = (field.mapKeys ?? []).map((name): [string, unknown] => [name, item[name] ?? struct.get(name)?.default]);
  return Object.fromEntries(keys.filter(([, value]) => value !== undefined).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

export const itemStep = (item: unknown, field: Field): string =>
  field.mapKeys ? `k:${JSON.stringify(keysOf(item as Json, field))}` : `v:${JSON.stringify(item)}`;

/** Whether the field is owned item by item, or key by key, and not as one value. */
export const isGranular = (field: Field | undefined): field is Field =>
  field !== undefined &&
  field.kind !== 'scalar' &&
  !field.atomic &&
  (field.kind !== 'list' || field.mapKeys !== undefined || field.set === true);

/** All fields of a value. `containers`: also those structs and maps that hold fields, as an update owns them. */
export function leavesOf(value: unknown, field: Field, containers: boolean): Leaves {
  const leaves: Leaves = new Map();
  function visit(each: unknown, type: Field | undefined, path: string): void {
    if (!isGranular(type)) leaves.set(path, each);
    else if (type.kind === 'list') {
      if (containers) leaves.set(path, undefined);
      for (const item of each as unknown[]) {
        const place = join(path, itemStep(item, type));
        if (type.mapKeys) {
          leaves.set(place, undefined);
          visit(item, type.item, place);
        } else leaves.set(place, item);
      }
    } else {
      const entries = Object.entries(each as Json);
      // metadata, spec and status are there in any case
      const added = containers && (type.kind === 'map' || stepsOf(path).length > 1);
      if (path !== '' && (entries.length === 0 || added)) leaves.set(path, undefined);
      for (const [key, inner] of entries)
        if (inner !== undefined) visit(inner, fieldAt(type, key), join(path, `f:${key}`));
    }
  }
  visit(value, field, '');
  return leaves;
}

/** The paths that are in one of them only, or have another value. */
export function compare(before: Leaves, after: Leaves): { changed: Set<string>; removed: Set<string> } {
  const isNew = ([path, value]: [string, unknown]) => !before.has(path) || !equal(before.get(path), value);
  return {
    changed: new Set([...after].filter(isNew).map(([path]) => path)),
    removed: new Set(before.keys()).difference(after),
  };
}

interface Tree {
  [step: string]: Tree;
}

/** A set as FieldsV1: a step below a step; `.` is the place itself, where something is below it too. */
export function toFieldsV1(paths: ReadonlySet<string>): Tree {
  const root: Tree = {};
  for (const path of [...paths].toSorted()) {
    let node = root;
    let place = '';
    for (const step of stepsOf(path)) {
      if (paths.has(place)) node['.'] = {};
      node = node[step] ??= {};
      place = join(place, step);
    }
  }
  return root;
}

export function fromFieldsV1(tree: Tree | undefined): Set<string> {
  const paths = new Set<string>();
  function visit(node: Tree, path: string): void {
    const entries = Object.entries(node);
    if (entries.length === 0 && path !== '') paths.add(path);
    for (const [step, below] of entries) {
      if (step === '.') paths.add(path);
      else visit(below, join(path, step));
    }
  }
  visit(tree ?? {}, '');
  return paths;
}

/** As messages show a path: `.spec.containers[name="web"].image`. */
export const pathText = (path: string): string =>
  stepsOf(path)
    .map((step) => {
      if (step.startsWith('f:')) return `.${step.slice(2)}`;
      if (step.startsWith('v:')) return `[=${step.slice(2)}]`;
      const keys = Object.entries(JSON.parse(step.slice(2)) as Json);
      return `[${keys.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`;
    })
    .join('');
