import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { KubeObject } from '../../objects.ts';
import { createStore, type Store } from '../store.ts';
import { addresses, next, nodePorts, type Pool } from './allocate.ts';

const service = (name: string, spec: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec: { ports: [{ port: 80 }], ...spec },
});

const heldBy = (store: Store) => {
  const specs = store.list('Service').map((each) => each['spec']);
  return {
    // other types may say what they like of addresses and node ports: nobody serves them
    ips: specs
      .filter(({ type }) => type !== 'ExternalName')
      .map(({ clusterIP }) => clusterIP as string)
      .filter((ip) => ip && ip !== 'None'),
    ports: specs
      .filter(({ type }) => ['NodePort', 'LoadBalancer'].includes(type))
      .flatMap((spec) => (spec.ports as { nodePort?: number }[]).map(({ nodePort }) => nodePort))
      .filter(Boolean),
  };
};

test('whatever is created, changed and deleted: no address or node port is held twice, and all are in range', () => {
  const action = fc.record({
    name: fc.constantFrom('a', 'b', 'c', 'd'),
    what: fc.constantFrom('create', 'delete', 'change'),
    type: fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'),
    clusterIP: fc.constantFrom(undefined, 'None', '10.96.0.7', '10.96.1.7'),
    nodePort: fc.constantFrom(undefined, 30001, 32767),
  });
  fc.assert(
    fc.property(fc.array(action, { maxLength: 30 }), (actions) => {
      const store = createStore();
      for (const { name, what, type, clusterIP, nodePort } of actions) {
        const spec = { type, clusterIP, externalName: 'a.b', ports: [{ port: 80, nodePort }] };
        try {
          if (what === 'create') store.create(service(name, spec));
          else if (what === 'delete') store.delete('Service', 'default', name);
          else store.update(service(name, spec));
        } catch (error) {
          assert.ok([404, 409, 422].includes((error as { code: number }).code), String(error));
        }
        const { ips, ports } = heldBy(store);
        assert.equal(new Set(ips).size, ips.length);
        assert.equal(new Set(ports).size, ports.length);
        for (const ip of ips) assert.match(ip, /^10\.96\./);
        for (const port of ports) assert.ok(Number(port) >= 30000 && Number(port) <= 32767);
      }
    }),
  );
});

test('addresses are drawn from the upper band, and what is asked for is given from either', () => {
  const store = createStore();
  for (let count = 0; count < 300; count += 1) store.create(service(`s-${count}`));
  const { ips } = heldBy(store);
  assert.equal(new Set(ips).size, 300);
  assert.ok(ips.every((ip) => !ip.startsWith('10.96.0.')));
  assert.equal(store.create(service('asked', { clusterIP: '10.96.0.10' }))['spec'].clusterIP, '10.96.0.10');
});

test('a pool gives everything it has, and then nothing', () => {
  const pool: Pool = { first: 1, last: 20, dynamicFrom: 6 };
  const used = new Set<number>();
  for (let value = next(pool, used); value !== undefined; value = next(pool, used)) {
    assert.ok(value >= 1 && value <= 20 && !used.has(value));
    if (used.size < 15) assert.ok(value >= 6, 'the band of those who ask by number comes last');
    used.add(value);
  }
  assert.equal(used.size, 20);
  assert.deepEqual([addresses.dynamicFrom, nodePorts.dynamicFrom], [257, 30086]);
});

test('what a deleted Service held is free again, and a client need not repeat what it was given', () => {
  const store = createStore();
  store.create(service('a', { type: 'NodePort', clusterIP: '10.96.0.7', ports: [{ port: 80, nodePort: 30001 }] }));
  const again = store.update(service('a', { type: 'NodePort', ports: [{ port: 80, targetPort: 8080 }] }));
  assert.deepEqual([again['spec'].clusterIP, again['spec'].ports[0].nodePort], ['10.96.0.7', 30001]);
  assert.throws(() => store.create(service('b', { clusterIP: '10.96.0.7' })), /already allocated/);
  store.delete('Service', 'default', 'a');
  const { spec } = store.create(
    service('b', { type: 'NodePort', clusterIP: '10.96.0.7', ports: [{ port: 80, nodePort: 30001 }] }),
  );
  assert.deepEqual([spec.clusterIP, spec.ports[0].nodePort], ['10.96.0.7', 30001]);
});

test('an address left over in an ExternalName Service is free for others', () => {
  const store = createStore();
  store.create(service('a'));
  store.update(service('a', { type: 'ExternalName', externalName: 'a.b', clusterIP: '10.96.1.7' }));
  assert.equal(store.create(service('b', { clusterIP: '10.96.1.7' }))['spec'].clusterIP, '10.96.1.7');
});

test('a dry run holds nothing', () => {
  const store = createStore();
  store.write('create', service('a', { clusterIP: '10.96.0.7' }), { dryRun: true });
  store.create(service('b', { clusterIP: '10.96.0.7' }));
});
