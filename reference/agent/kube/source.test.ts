import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aPod } from '../../model/fixtures.ts';
import { FakeApi } from '../../testing/fake-api.ts';
import { until } from '../../testing/wait.ts';
import { createClient } from './client.ts';
import { watchCluster } from './source.ts';

test('the address of another node’s Pod that ends or goes has been left, and nobody else’s', async (t) => {
  const api = new FakeApi();
  const client = createClient(await api.listen());
  const stop = new AbortController();
  t.after(async () => {
    stop.abort();
    client.close();
    await api.close();
  });
  const left: string[] = [];
  const source = watchCluster(
    client,
    'node1',
    () => {},
    stop.signal,
    (address) => left.push(address),
  );
  const there = { node: 'node2', ip: '10.244.2.4' };
  const pods = [
    aPod('default/own', { ip: '10.244.1.2' }),
    aPod('default/relabelled', there),
    aPod('default/done', { ...there, ip: '10.244.2.3' }),
    aPod('default/deleted', { ...there, ip: '10.244.2.2' }),
  ];
  for (const pod of pods) api.put('pods', pod);
  const deleted = () => source.pods().find(({ metadata }) => metadata.name === 'deleted');
  await until('all are known', deleted, Boolean);
  api.remove('pods', 'default', 'own');
  api.put('pods', aPod('default/relabelled', { ...there, labels: { a: 'b' } }));
  api.put('pods', aPod('default/done', { ...there, ip: '10.244.2.3', phase: 'Succeeded' }));
  api.remove('pods', 'default', 'deleted');
  await until('the last is gone', deleted, (pod) => pod === undefined);
  assert.deepEqual(left, ['10.244.2.3', '10.244.2.2']);
});
