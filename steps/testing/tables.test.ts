import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DataTable } from '@cucumber/cucumber';
import type { Pickle } from '@cucumber/messages';
import { listed, namespacesIn, pairs, pairsIn, rolesIn } from '../tables.ts';

test('labels as people write them', () => {
  assert.deepEqual(pairs('app=database, tier=data'), { app: 'database', tier: 'data' });
  assert.deepEqual(pairs(''), {});
  assert.deepEqual(listed('database, replica'), ['database', 'replica']);
});

test('the tables of namespaces and Pods', () => {
  assert.deepEqual(
    namespacesIn(
      new DataTable([
        ['namespace', 'labels'],
        ['shop', 'team=sales'],
      ]),
    ),
    { shop: { team: 'sales' } },
  );
  const table = [
    ['Pod', 'namespace', 'labels', 'node', 'named ports'],
    ['database', 'shop', 'app=database', '2', 'query=8081'],
  ];
  assert.deepEqual(rolesIn(new DataTable(table)), [
    { name: 'database', namespace: 'shop', labels: { app: 'database' }, node: 2, namedPorts: { query: 8081 } },
  ]);
});

test('a scenario tells beforehand which cells it will probe', () => {
  const rows = [
    ['', 'database:8081/UDP', 'Service web'],
    ['frontend', 'denied', 'allowed'],
  ].map((cells) => ({ cells: cells.map((value) => ({ value })) }));
  const pickle = {
    steps: [{ text: 'the connections are:', argument: { dataTable: { rows } } }, { text: 'something else' }],
  } as unknown as Pickle;
  assert.deepEqual(pairsIn(pickle), [{ from: 'frontend', to: 'database', port: 8081, protocol: 'UDP' }]);
});
