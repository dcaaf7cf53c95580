import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { resources } from '../resources.ts';
import { boilDown, type Definition } from './generate.ts';
import { fieldsOf, structName, structs } from './schema.ts';

/** The API's own description, in the Go module from which kubectl is built; absent where nothing was built yet. */
function openapiFolder(): string | undefined {
  try {
    const cache = execFileSync('go', ['env', 'GOMODCACHE'], { encoding: 'utf8' }).trim();
    const folder = `${cache}/k8s.io/kubernetes@v1.34.3/api/openapi-spec/v3`;
    return existsSync(folder) ? folder : undefined;
  } catch {
    return undefined;
  }
}

/** Bodies that are served and not stored. */
const others = [
  'autoscaling.Scale',
  'core.Binding',
  'policy.Eviction',
  'authorization.SelfSubjectAccessReview',
  'authentication.SelfSubjectReview',
  'authentication.TokenRequest',
  'meta.DeleteOptions',
];

const folder = openapiFolder();

test('types.json is what the API says of itself (UPDATE=1 writes it)', {
  skip: folder === undefined && 'the Go module k8s.io/kubernetes@v1.34.3 is not in the module cache',
}, () => {
  const definitions: Record<string, Definition> = {};
  for (const file of globSync(`${folder}/*__v1_openapi.json`))
    Object.assign(definitions, JSON.parse(readFileSync(file, 'utf8')).components.schemas);
  const types = boilDown(definitions, [...resources.map(structName), ...others]);
  const file = new URL('types.json', import.meta.url);
  if (process.env['UPDATE']) writeFileSync(file, `${JSON.stringify(types, null, 2)}\n`);
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), types);
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
