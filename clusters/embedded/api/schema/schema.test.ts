import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { resources } from '../resources.ts';
import { fieldsOf, structName, structs } from './schema.ts';

interface Definition {
  type?: string;
  format?: string;
  $ref?: string;
  allOf?: Definition[];
  default?: unknown;
  items?: Definition;
  additionalProperties?: Definition;
  properties?: Record<string, Definition>;
  required?: string[];
  [extension: `x-kubernetes-${string}`]: unknown;
}

const scalars: Record<string, string> = {
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'intstr',
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'quantity',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 'time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': 'microtime',
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': 'any',
  'io.k8s.apimachinery.pkg.runtime.RawExtension': 'any',
};

/** `io.k8s.api.core.v1.PodSpec` -> `core.PodSpec`. */
const shortName = (name: string): string => name.split('.').toSpliced(-2, 1).slice(-2).join('.');

const reference = ({ $ref, allOf }: Definition): string =>
  ($ref ?? allOf?.[0]?.$ref ?? '').replace('#/components/schemas/', '');

const inOrder = <T>(map: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** The types that `roots` (as `core.Pod`) are made of: for each its fields, for each field its text in types.json. */
function typesOf(definitions: Record<string, Definition>, roots: string[]): object {
  const names = Object.keys(definitions).filter((name) => /\.v1\.[^.]+$/.test(name));
  const byShortName = new Map(names.map((name) => [shortName(name), name]));
  const types: Record<string, Record<string, string>> = {};

  function typeText(definition: Definition): string {
    const target = reference(definition);
    if (target) return scalars[target] ?? add(shortName(target));
    if (definition.items) return `[]${typeText(definition.items)}`;
    if (definition.additionalProperties) return `{}${typeText(definition.additionalProperties)}`;
    if (definition.type === 'object') return 'any';
    return definition.format === 'byte' ? 'bytes' : (definition.format ?? definition.type ?? 'any');
  }

  function fieldText(definition: Definition, required: boolean): string {
    const type = typeText(definition);
    const said = <T>(name: string) => definition[`x-kubernetes-${name}`] as T | undefined;
    const mapType = said('map-type') ?? definitions[reference(definition)]?.['x-kubernetes-map-type'];
    const merges = said<string>('patch-strategy')?.split(',').includes('merge');
    const words: [boolean | undefined, string][] = [
      [true, type],
      [said('list-type') === 'map', `map(${said<string[]>('list-map-keys')?.join(',')})`],
      [said('list-type') === 'set', 'set'],
      [mapType === 'atomic' && type !== 'any', 'atomic'],
      [merges, `merge(${said<string>('patch-merge-key') ?? ''})`],
      [typeof definition.default === 'string' && definition.default !== '', `default(${definition.default as string})`],
      [required, 'required'],
    ];
    return words.flatMap(([is, word]) => (is ? word : [])).join(' ');
  }

  function add(name: string): string {
    const definition = definitions[byShortName.get(name) ?? ''];
    if (!definition) throw new Error(`no definition of ${name}`);
    if (types[name]) return name;
    const fields: Record<string, string> = {};
    types[name] = fields;
    for (const [field, value] of Object.entries(definition.properties ?? {}))
      fields[field] = fieldText(value, definition.required?.includes(field) ?? false);
    return name;
  }

  for (const root of roots) add(root);
  return inOrder(types);
}

const structStart = /^type (\w+) struct \{$/;
const fieldLine = /^\t(?:(\w+)\s+)?([*[\]\w.]+)\s+`.*json:"([^",]*)(,inline)?[^"]*".*protobuf:"\w+,(\d+),/;

/** `metav1.LabelSelector`, in the package `apps` -> `meta.LabelSelector`. */
function qualified(type: string, group: string): string {
  const [name = '', alias] = type.replace('*', '').split('.').toReversed();
  return `${alias?.replace(/v1$/, '') ?? group}.${name}`;
}

/**
 * Go source by group (`core`, `meta` ...), whose tags tell the numbers (`Replicas *int32 json:"replicas,omitempty"
 * protobuf:"varint,1,opt,name=replicas"`) -> type -> its text in numbers.json, for `wanted` and what they inline.
 */
function numbersOf(sources: Record<string, string>, wanted: string[]): object {
  const all = new Map<string, string[]>();
  for (const [group, source] of Object.entries(sources)) {
    let fields: string[] | undefined;
    for (const line of source.split('\n')) {
      const start = structStart.exec(line);
      if (start) all.set(`${group}.${start[1]}`, (fields = []));
      else if (line === '}') fields = undefined;
      const [, , type = '', name = '', inline, number] = (fields && fieldLine.exec(line)) ?? [];
      if (number === undefined) continue;
      fields?.push(
        inline ? `...${qualified(type, group)}=${number}` : `${name}${type.startsWith('*') ? '*' : ''}=${number}`,
      );
    }
  }
  const result: Record<string, string> = {};
  function add(name: string): void {
    const fields = all.get(name);
    if (!fields || result[name] !== undefined) return;
    result[name] = fields.join(' ');
    for (const each of fields) if (each.startsWith('...')) add(each.slice(3).split('=')[0] as string);
  }
  for (const name of wanted) add(name);
  return inOrder(result);
}

/** The Go modules from which kubectl is built; absent where nothing was built yet. */
function modules(): string | undefined {
  try {
    const folder = `${execFileSync('go', ['env', 'GOMODCACHE'], { encoding: 'utf8' }).trim()}/k8s.io`;
    return ['kubernetes@v1.34.3', 'api@v0.34.3', 'apimachinery@v0.34.3'].every((each) =>
      existsSync(`${folder}/${each}`),
    )
      ? folder
      : undefined;
  } catch {
    return undefined;
  }
}

/** Bodies that are served and not stored. */
const others = [
  'autoscaling.Scale',
  'policy.Eviction',
  'authorization.SelfSubjectAccessReview',
  'authentication.SelfSubjectReview',
  'meta.DeleteOptions',
];

const folder = modules();
const skip = folder === undefined && 'the Go modules of Kubernetes v1.34.3 are not in the module cache';

/** Compares a generated file with what would be generated, after writing it where that is wanted. */
function generated(name: string, made: object): void {
  const file = new URL(name, import.meta.url);
  if (process.env['UPDATE']) writeFileSync(file, `${JSON.stringify(made, null, 2)}\n`);
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), made);
}

test('types.json is what the API says of itself (UPDATE=1 writes it)', { skip }, () => {
  const definitions: Record<string, Definition> = {};
  for (const file of globSync(`${folder}/kubernetes@v1.34.3/api/openapi-spec/v3/*__v1_openapi.json`))
    Object.assign(definitions, JSON.parse(readFileSync(file, 'utf8')).components.schemas);
  generated('types.json', typesOf(definitions, [...resources.map(structName), ...others]));
});

test('numbers.json is what the types of its Go source say (UPDATE=1 writes it)', { skip }, () => {
  const sources: Record<string, string> = {
    meta: readFileSync(`${folder}/apimachinery@v0.34.3/pkg/apis/meta/v1/types.go`, 'utf8'),
  };
  for (const file of globSync(`${folder}/api@v0.34.3/*/v1/types.go`))
    sources[file.split('/').at(-3) as string] = readFileSync(file, 'utf8');
  generated('numbers.json', numbersOf(sources, structs));
});

test('every served kind has a type, and every type that is named exists', () => {
  for (const resource of resources) assert.ok(fieldsOf(structName(resource)).has('metadata'), resource.kind);
  for (const struct of structs) {
    for (const field of fieldsOf(struct).values()) {
      for (let each = field.item ?? field; ; each = each.item) {
        if (each.kind === 'struct') fieldsOf(each.type);
        if (!each.item) break;
      }
    }
  }
});

test('a field tells how patches merge it', () => {
  const { kind, mapKeys, mergeKey, required } = fieldsOf('core.PodSpec').get('containers') ?? {};
  assert.deepEqual(
    { kind, mapKeys, mergeKey, required },
    { kind: 'list', mapKeys: ['name'], mergeKey: 'name', required: true },
  );
  assert.equal(fieldsOf('meta.ObjectMeta').get('finalizers')?.mergeKey, '');
  assert.equal(fieldsOf('networking.NetworkPolicySpec').get('podSelector')?.atomic, true);
  assert.equal(fieldsOf('core.ContainerPort').get('protocol')?.default, 'TCP');
});
