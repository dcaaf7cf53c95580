import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Pickle } from '@cucumber/messages';
import { usualPods } from '../probes.ts';
import { listed, pairs, pairsIn, portsIn } from '../tables.ts';

test('labels as people write them', () => {
  assert.deepEqual(pairs('app=database, tier=data'), { app: 'database', tier: 'data' });
  assert.deepEqual(pairs(''), {});
  assert.deepEqual(listed('database, replica'), ['database', 'replica']);
});

test('the usual Pods are those of docs/adding-a-scenario.md', () => {
  const page = readFileSync(`${import.meta.dirname}/../../docs/adding-a-scenario.md`, 'utf8');
  const rows = page.split('\n').filter((line) => /^\| (shop|office) /.test(line));
  const told = rows.map((row) => row.split('|').map((cell) => cell.replaceAll('`', '').trim()));
  assert.deepEqual(
    usualPods,
    told.map(([, namespace = '', name, labels = '', node, named = '']) => ({
      name,
      namespace: namespace.split(' ')[0],
      labels: pairs(labels),
      node: Number(node),
      namedPorts: Object.fromEntries(Object.entries(pairs(named)).map(([port, number]) => [port, Number(number)])),
    })),
  );
});

test('ports as Services have them', () => {
  assert.deepEqual(portsIn('80:8080'), [{ port: 80, targetPort: 8080, protocol: 'TCP' }]);
  assert.deepEqual(portsIn('80:8080, 80:8080/UDP'), [
    { name: 'tcp', port: 80, targetPort: 8080, protocol: 'TCP' },
    { name: 'udp', port: 80, targetPort: 8080, protocol: 'UDP' },
  ]);
  assert.deepEqual(portsIn('query 5432:query'), [{ name: 'query', port: 5432, targetPort: 'query', protocol: 'TCP' }]);
  assert.throws(() => portsIn('80'), TypeError);
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
