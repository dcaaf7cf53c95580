import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { ApiError } from '../../objects.ts';
import { type Resource, resourceOfKind } from '../resources.ts';
import { decode } from './decode.ts';
import { decodeProtobuf } from './protobuf.ts';

const kind = (name: string): Resource => resourceOfKind(name) as Resource;

test('fields that the kind does not have are named and left out', () => {
  const given = {
    metadata: { name: 'a', zip: 1 },
    spec: { containers: [{ name: 'x', imagee: 'y' }], foo: { bar: 1 } },
  };
  const { object, unknown } = decode(kind('Pod'), given);
  assert.deepEqual(unknown, ['metadata.zip', 'spec.containers[0].imagee', 'spec.foo']);
  assert.deepEqual(object, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a' },
    spec: { containers: [{ name: 'x' }] },
  });
});

test('what is null or empty is absent, as it is to the real server', () => {
  const given = {
    metadata: { name: 'a', labels: {}, annotations: null },
    spec: { ingress: [], podSelector: {}, egress: [null] },
  };
  const { object } = decode(kind('NetworkPolicy'), given);
  assert.deepEqual(object.metadata, { name: 'a' });
  assert.deepEqual(object['spec'], { podSelector: {}, egress: [{}] });
});

test('names that JavaScript knows are names', () => {
  const given = JSON.parse('{"metadata":{"name":"a"},"data":{"__proto__":"x","toString":"y"},"constructor":1}');
  const { object, unknown } = decode(kind('ConfigMap'), given);
  assert.deepEqual([Object.keys(object['data']), unknown], [['__proto__', 'toString'], ['constructor']]);
});

test('no JSON breaks the decoder: it is taken, or refused with 400', () => {
  const names = fc.constantFrom('metadata', 'spec', 'status', 'containers', 'ports', 'name', 'labels', 'ingress', 'x');
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      fc.jsonValue({ maxDepth: 1 }),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(names, tie('any'), { maxKeys: 4 }),
    ),
  })).any;
  fc.assert(
    fc.property(fc.constantFrom('Pod', 'Service', 'NetworkPolicy', 'Deployment', 'ConfigMap'), value, (name, given) => {
      try {
        decode(kind(name), given);
      } catch (error) {
        assert.equal((error as ApiError).code, 400, String(error));
      }
    }),
  );
});

/** A field of bytes, or of a number. */
const field = (number: number, value: Buffer | string | number): Buffer =>
  typeof value === 'number'
    ? Buffer.from([number << 3, value])
    : Buffer.concat([Buffer.from([(number << 3) | 2, Buffer.byteLength(value)]), Buffer.from(value)]);

const envelope = (apiVersion: string, name: string, raw: Buffer): Buffer =>
  Buffer.concat([Buffer.from('k8s\0'), field(1, Buffer.concat([field(1, apiVersion), field(2, name)])), field(2, raw)]);

test('protobuf becomes what the same client would have sent as JSON', () => {
  const port = Buffer.concat([
    ...[field(1, ''), field(2, 'TCP'), field(3, 80)],
    ...[field(4, Buffer.concat([field(1, 1), field(2, 0), field(3, 'http')])), field(5, 0)],
  ]);
  const label = Buffer.concat([field(1, 'app'), field(2, 'web')]);
  const meta = Buffer.concat([field(1, 'a'), field(3, 'default'), field(8, Buffer.alloc(0)), field(11, label)]);
  const spec = Buffer.concat([field(1, port), field(2, label)]);
  const raw = Buffer.concat([field(1, meta), field(2, spec), field(3, Buffer.alloc(0))]);
  assert.deepEqual(decodeProtobuf(envelope('v1', 'Service', raw)), {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'a', namespace: 'default', labels: { app: 'web' } },
    spec: { ports: [{ protocol: 'TCP', port: 80, targetPort: 'http' }], selector: { app: 'web' } },
    status: {},
  });
});

test('a pointer to zero is zero, and a zero that nobody set is nothing', () => {
  const deployment = envelope('apps/v1', 'Deployment', field(2, Buffer.concat([field(1, 0), field(5, 0)])));
  assert.deepEqual((decodeProtobuf(deployment) as { spec: unknown }).spec, { replicas: 0 });
});

test('fields inlined in Go stand where JSON has them', () => {
  const probe = Buffer.concat([field(1, field(3, field(1, Buffer.concat([field(1, 0), field(2, 80)])))), field(2, 5)]);
  const container = Buffer.concat([field(1, 'x'), field(11, probe)]);
  const decoded = decodeProtobuf(envelope('v1', 'Pod', field(2, field(2, container)))) as {
    spec: { containers: unknown[] };
  };
  const wanted = { name: 'x', readinessProbe: { tcpSocket: { port: 80 }, initialDelaySeconds: 5 } };
  assert.deepEqual(decoded.spec.containers, [wanted]);
});

test('no bytes break the decoder', () => {
  const refused = (body: Buffer) => {
    try {
      decodeProtobuf(body);
    } catch (error) {
      assert.ok(error instanceof RangeError || error instanceof SyntaxError, String(error));
    }
  };
  fc.assert(fc.property(fc.uint8Array(), (bytes) => refused(Buffer.from(bytes))));
  fc.assert(fc.property(fc.uint8Array(), (bytes) => refused(envelope('v1', 'Pod', Buffer.from(bytes.slice(0, 100))))));
  assert.throws(() => decodeProtobuf(Buffer.from('{"kind":"Pod"}')), /does not begin with k8s/);
  assert.throws(() => decodeProtobuf(envelope('v1', 'Unheard', Buffer.alloc(0))), /Kind=Unheard/);
});
