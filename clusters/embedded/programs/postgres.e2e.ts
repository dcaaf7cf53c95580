/** The image `postgres` in a Pod, used by a real client. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from 'pg';
import { isReady, type TestCluster, testCluster, testInside, until } from '../testing.ts';

await testInside();

let cluster: TestCluster;
before(async () => {
  cluster = await testCluster(1);
});
after(() => cluster.stop());

/** Making the first database cluster of a machine takes 4 CPU seconds. */
const firstStartMs = 300_000;

test('init scripts have run, and many clients are served at once', async () => {
  const { objects, nodes } = cluster;
  const data = {
    '2-rows.sql': "insert into t values (1, 'a'), (2, 'b');",
    '1-table.sql': 'create table t (id int, name text);',
  };
  objects.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'init', namespace: 'default' }, data });
  const container = {
    name: 'postgres',
    image: 'postgres:18',
    env: [{ name: 'POSTGRES_PASSWORD', value: 'x' }],
    readinessProbe: { tcpSocket: { port: 5432 }, periodSeconds: 1 },
    volumeMounts: [{ name: 'init', mountPath: '/docker-entrypoint-initdb.d' }],
  };
  objects.create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'database', namespace: 'default' },
    // the network of the node: no CNI is needed
    spec: {
      nodeName: 'node1',
      hostNetwork: true,
      containers: [container],
      volumes: [{ name: 'init', configMap: { name: 'init' } }],
    },
  });
  await until(objects, 'Pod', 'database', isReady, firstStartMs);
  const host = nodes[0]?.address as string;
  const answers = Array.from({ length: 20 }, async (_, i) => {
    const client = new Client({ host, user: 'postgres', password: 'x', database: 'postgres' });
    await client.connect();
    try {
      const { rows } = await client.query('select name, $1::int as i from t where id = 2', [i]);
      return rows[0] as { name: string; i: number };
    } finally {
      await client.end();
    }
  });
  assert.deepEqual(
    await Promise.all(answers),
    Array.from({ length: 20 }, (_, i) => ({ name: 'b', i })),
  );
});
