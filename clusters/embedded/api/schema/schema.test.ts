import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { resources } from '../resources.ts';
import { boilDown, type Definition } from './generate.ts';
import { numbersOf } from './numbers.ts';
import { fieldsOf, structName, structs } from './schema.ts';

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
  generated('types.json', boilDown(definitions, [...resources.map(structName), ...others]));
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
