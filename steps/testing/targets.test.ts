import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Actor } from '../actor.ts';
import { BrokenError } from '../outcome.ts';
import { backendsOf, type Things, targetOf } from '../targets.ts';

const actor = (name: string, namespace: string, labels: Record<string, string>, query: number): Actor =>
  ({
    name,
    namespace,
    ip: `10.0.0.${query}`,
    pod: { metadata: { labels } },
    portNamed: () => query,
  }) as unknown as Actor;

const things: Things = {
  namespaces: new Map([['shop', 'netvet-1-shop']]),
  actors: new Map(
    [
      actor('database', 'netvet-1-shop', { tier: 'data' }, 81),
      actor('replica', 'netvet-1-shop', { tier: 'data' }, 82),
      actor('other', 'elsewhere', { tier: 'data' }, 83),
    ].map((one) => [one.name, one]),
  ),
  services: new Map([
    [
      'data',
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'data', namespace: 'netvet-1-shop' },
        spec: {
          clusterIP: '10.96.0.7',
          selector: { tier: 'data' },
          ports: [
            { port: 80, targetPort: 8080, protocol: 'TCP' },
            { port: 5432, targetPort: 'query', protocol: 'TCP' },
            { port: 80, targetPort: 8080, protocol: 'UDP' },
          ],
        },
      },
    ],
  ]),
};

test('a Pod is dialled at its address, and only it may answer', () => {
  const { host, port, servers } = targetOf(things, 'database');
  assert.deepEqual([host, port, servers.map(({ agent }) => agent.name)], ['10.0.0.81', 8080, ['database']]);
});

test('behind a Service are the Pods of its own namespace, each at its own number of a named port', () => {
  assert.deepEqual(
    backendsOf(things, 'data').map(({ name }) => name),
    ['database', 'replica'],
  );
  const { host, port, servers } = targetOf(things, 'Service data:5432');
  assert.deepEqual([host, port, servers.map(({ listener }) => listener.port)], ['10.96.0.7', 5432, [81, 82]]);
  assert.equal(targetOf(things, 'Service data/UDP').protocol, 'UDP');
});

test('names are those of the namespace as it is really called', () => {
  assert.equal(targetOf(things, 'name data').host, 'data');
  assert.equal(targetOf(things, 'name data.shop:80').host, 'data.netvet-1-shop');
});

test('what the scenario does not have is its own mistake', () => {
  for (const text of ['nobody', 'Service nothing', 'Service data:81', 'name data.nowhere']) {
    assert.throws(() => targetOf(things, text), BrokenError);
  }
});
