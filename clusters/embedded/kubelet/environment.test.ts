import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createStore } from '../api/index.ts';
import type { Container, EnvVar, Pod } from '../kinds.ts';
import { ConfigurationError, environmentOf, expand, fieldValue } from './environment.ts';
import { hostnameOf } from './hosts.ts';

const facts = { podIP: '10.244.0.2', hostIP: '172.18.0.11' };
const pod = (spec: object = {}, metadata: object = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'default', uid: 'u', labels: { app: 'web', a: 'b"c' }, ...metadata },
  spec: { containers: [], nodeName: 'node1', ...spec },
});

test('$(NAME) is expanded, $$ is a dollar, unknown names stay', () => {
  const variables = { A: '1', B: '$(A)' };
  assert.equal(expand('$(A)-$(B)-$(C)-$$(A)-$A-$', variables), '1-$(A)-$(C)-$(A)-$A-$');
  assert.equal(expand('$(toString)', {}), '$(toString)');
});

test('text without a dollar is left alone, and no text is interpreted twice', () => {
  fc.assert(fc.property(fc.string(), (text) => expand(text.replaceAll('$', ''), {}) === text.replaceAll('$', '')));
  fc.assert(fc.property(fc.string(), (value) => expand('$(A)', { A: value }) === value));
  fc.assert(fc.property(fc.string(), (text) => expand(text.replaceAll('$', '$$$$'), { A: 'x' }) === text));
});

test('fields of the Pod', () => {
  const value = (path: string) => fieldValue(pod(), path, facts);
  assert.equal(value('metadata.name'), 'web');
  assert.equal(value("metadata.labels['app']"), 'web');
  assert.equal(value("metadata.labels['none']"), '');
  assert.equal(value('metadata.labels'), 'a="b\\"c"\napp="web"');
  assert.equal(value('spec.nodeName'), 'node1');
  assert.equal(value('status.podIP'), '10.244.0.2');
  assert.equal(value('status.hostIP'), '172.18.0.11');
  assert.throws(() => value('spec.containers'), ConfigurationError);
});

test('variables come from values, fields, ConfigMaps, Secrets and Services, the later ones over the earlier', () => {
  const objects = createStore();
  objects.create({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'config', namespace: 'default' },
    data: { LEVEL: 'debug', SAME: 'config' },
  });
  objects.create({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'secret', namespace: 'default' },
    data: { token: 'czNjcmV0' },
  });
  objects.create({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'my-db', namespace: 'default' },
    spec: { clusterIP: '10.96.1.2', ports: [{ name: 'sql-x', port: 5432 }] },
  });
  const env: EnvVar[] = [
    { name: 'ONE', value: '1' },
    { name: 'TWO', value: '$(ONE)2$(THREE)' },
    { name: 'THREE', value: '3' },
    { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'secret', key: 'token' } } },
    { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    { name: 'OPTIONAL', valueFrom: { configMapKeyRef: { name: 'none', key: 'x', optional: true } } },
    { name: 'SAME', value: 'env' },
  ];
  const container: Container = {
    name: 'main',
    image: 'node:24',
    env,
    envFrom: [{ prefix: 'P_', configMapRef: { name: 'config' } }, { configMapRef: { name: 'config' } }],
  };
  const variables = environmentOf(objects, pod(), container, facts, { PATH: '/bin', SAME: 'image' });
  const { PATH, HOSTNAME, TWO, TOKEN, IP, SAME, P_LEVEL, LEVEL, MY_DB_SERVICE_HOST, MY_DB_SERVICE_PORT_SQL_X } =
    variables;
  assert.deepEqual(
    { PATH, HOSTNAME, TWO, TOKEN, IP, SAME, P_LEVEL, LEVEL, MY_DB_SERVICE_HOST, MY_DB_SERVICE_PORT_SQL_X },
    {
      PATH: '/bin',
      HOSTNAME: 'web',
      TWO: '12$(THREE)',
      TOKEN: 's3cret',
      IP: '10.244.0.2',
      SAME: 'env',
      P_LEVEL: 'debug',
      LEVEL: 'debug',
      MY_DB_SERVICE_HOST: '10.96.1.2',
      MY_DB_SERVICE_PORT_SQL_X: '5432',
    },
  );
  assert.ok(!('OPTIONAL' in variables));
  assert.ok(
    !('MY_DB_SERVICE_HOST' in environmentOf(objects, pod({ enableServiceLinks: false }), container, facts, {})),
  );
});

test('what is missing is named', () => {
  const objects = createStore();
  const of = (variable: object) =>
    environmentOf(objects, pod(), { name: 'main', image: 'x', env: [{ name: 'A', ...variable }] }, facts, {});
  assert.throws(() => of({ valueFrom: { configMapKeyRef: { name: 'none', key: 'x' } } }), {
    message: 'configmap "none" not found',
  });
  objects.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'none', namespace: 'default' }, data: {} });
  assert.throws(() => of({ valueFrom: { configMapKeyRef: { name: 'none', key: 'x' } } }), {
    message: "couldn't find key x in ConfigMap default/none",
  });
});

test('a host name is the first 63 characters of the name, without a trailing dash or dot', () => {
  assert.equal(hostnameOf(pod({}, { name: `${'a'.repeat(62)}-b` })), 'a'.repeat(62));
  assert.equal(hostnameOf(pod({ hostname: 'db-0' })), 'db-0');
});
