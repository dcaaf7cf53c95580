/**
 * What is made for the k6-operator, against the schema of its pinned release: without its images nothing else can be
 * tried.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Ajv } from 'ajv';
import type { KubeObject } from '../../clusters/cni/kube.ts';
import { imagesOf } from '../../clusters/cni/manifest.ts';
import { operatorObjects, operatorRelease } from '../../clusters/k6-operator.ts';
import { scripts } from '../../load/index.ts';
import { k6TestRun } from '../../steps/workloads/visitor-k6/index.ts';

// biome-ignore lint/suspicious/noExplicitAny: a JSON schema
type Schema = any;

/** The same schema, to which a field that it does not know is a mistake: the API server would silently drop it. */
function closed(schema: Schema): Schema {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const all = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  const isClosed = all['properties'] !== undefined && all['x-kubernetes-preserve-unknown-fields'] !== true;
  return isClosed && all['additionalProperties'] === undefined ? { ...all, additionalProperties: false } : all;
}

function schemaIn(objects: KubeObject[]): Schema {
  const crd = objects.find(({ metadata }) => metadata.name === 'testruns.k6.io');
  const version = crd?.['spec'].versions.find(({ name }: { name: string }) => name === 'v1alpha1');
  assert.ok(version?.served);
  const schema = closed(version.schema.openAPIV3Schema);
  // what it is for every kind is not in it
  schema.properties.metadata = { type: 'object' };
  return schema;
}

const images = { k6: 'grafana/k6:2.2.0', starter: operatorRelease.starterImage };
const env = { TARGETS: '10.244.0.2:8080,10.244.1.2:8080', KIND: 'direct', RATE: 100, DURATION: '3s', STEPS: 8 };
const testRun = (script: string, runners: number) =>
  k6TestRun('netvet-x', 'k6-1-direct', images, { script, env }, runners);

describe(`the k6-operator ${operatorRelease.version}`, async () => {
  const release = await operatorObjects().catch((error: Error) => error.message);
  // another checksum is a fault here; an address that cannot be reached is not
  if (typeof release === 'string') assert.doesNotMatch(release, /not the one that is pinned/);
  const skip = typeof release === 'string' && release;
  const objects: KubeObject[] = typeof release === 'string' ? [] : release;

  /** Compiled once: it takes a second. */
  let validate: ReturnType<Ajv['compile']> | undefined;
  const errorsOf = (object: object): string[] => {
    validate ??= new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schemaIn(objects));
    return validate(object) === true
      ? []
      : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };

  test('its TestRuns have every field that is set in them, for each script and number of runners', { skip }, () => {
    for (const { name } of scripts)
      for (const runners of [1, 2, 100]) assert.deepEqual(errorsOf(testRun(name, runners)), []);
  });

  test('and a field that they have not would be noticed', { skip }, () => {
    const { spec, ...rest } = testRun('grpc', 2);
    assert.deepEqual(errorsOf({ ...rest, spec: { ...spec, parallelism: '2' } }), ['/spec/parallelism must be integer']);
    const runner = { ...spec.runner, hostNetwork: true };
    const found = errorsOf({ ...rest, spec: { ...spec, runner } });
    assert.deepEqual(found, ['/spec/runner must NOT have additional properties']);
  });

  test('its release runs the images that are listed, in the namespace that is waited for', { skip }, () => {
    assert.deepEqual(imagesOf(objects), operatorRelease.images);
    const deployment = objects.find(({ kind }) => kind === 'Deployment');
    assert.equal(deployment?.metadata.namespace, operatorRelease.namespace);
    const kinds = objects.map(({ kind }) => kind);
    assert.ok(kinds.indexOf('CustomResourceDefinition') < kinds.indexOf('Deployment'));
  });

  test('arguments are words without a space, of which the operator makes words again', () => {
    const { spec } = testRun('keep-alive', 3);
    const words = (spec.arguments as string).split(' ');
    assert.ok(words.includes('TARGETS=10.244.0.2:8080,10.244.1.2:8080') && words.includes('RECORD=1'));
    assert.equal(words.filter((word) => word === '-e').length, Object.keys(env).length + 1);
    // what the operator itself adds
    assert.ok(!words.some((word) => /^--(paused|address|execution-segment)/.test(word)));
    assert.equal(spec.script.configMap.file, 'keep-alive.recorded.js');
    assert.equal(spec.parallelism, 3);
  });
});
