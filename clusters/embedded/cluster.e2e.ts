/** Whole embedded clusters, made and deleted as the command line does. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { run } from './command.ts';
import { embedded } from './index.ts';
import { installPtp, isReady, testCluster, testInside } from './testing.ts';

await testInside({ ptp: true });

const logDirectory = mkdtempSync('/tmp/logs-');
const create = (name: string, nodes: number, stages: string[] = []) =>
  embedded.create({ name, nodes, progress: (stage) => stages.push(stage), logDirectory });

/** Command lines of all processes but this one, its ancestors and those that look. */
const processes = async () => {
  const { stdout } = await run(['ps', '-eo', 'pid=,ppid=,args=']);
  return stdout.split('\n').filter((line) => /node\.sh|shim-process|main\.ts|nsenter|unshare/.test(line));
};

test('a cluster is made, used, deleted, and made again; nothing of it stays', async () => {
  for (const name of ['first', 'second']) {
    const stages: string[] = [];
    const cluster = await create(name, 2, stages);
    assert.deepEqual(stages, ['Starting the API server', 'Making 2 nodes']);
    assert.deepEqual(
      (await embedded.list()).map((each) => [each.name, each.nodes]),
      [[name, 2]],
    );

    const { server } = JSON.parse(readFileSync(cluster.kubeconfig, 'utf8')).clusters[0].cluster;
    const { items } = (await (await fetch(`${server}/api/v1/nodes`)).json()) as {
      items: { metadata: { name: string }; spec: { podCIDR: string } }[];
    };
    assert.deepEqual(
      items.map(({ metadata }) => metadata.name),
      ['node1', 'node2'],
    );
    assert.equal(new Set(items.map(({ spec }) => spec.podCIDR)).size, 2);

    assert.deepEqual(await cluster.run?.('node2', ['sh', '-c', 'hostname; cat; exit 3'], { stdin: 'in' }), {
      exitCode: 3,
      stdout: 'node2\nin',
      stderr: '',
    });
    assert.equal((await cluster.run?.('node2', ['sleep', '60'], { timeoutMs: 100 }))?.exitCode, 124);
    const across = await cluster.run?.('node1', ['curl', '-sS', `${server}/version`]);
    assert.match(across?.stdout ?? '', /v1\.34/);
    await assert.rejects(async () => cluster.run?.('node3', ['true']), /no node is called node3/);
    await assert.rejects(create('third', 1), /one at a time/);

    await cluster.delete();
    await cluster.delete();
    assert.deepEqual(await embedded.list(), []);
    assert.deepEqual(await processes(), []);
    assert.doesNotMatch((await run(['ip', '-br', 'link'])).stdout, /underlay|node/);
    assert.ok(!readdirSync('/run/netvet/clusters').includes(name));
  }
});

test('a cluster whose process is killed is gone with all its nodes, and is no obstacle to the next', async () => {
  const cluster = await create('killed', 2);
  const [line = ''] = (await processes()).filter((each) => each.includes('main.ts'));
  process.kill(Number.parseInt(line, 10), 'SIGKILL');
  for (const deadline = Date.now() + 300_000; (await processes()).length > 0; ) {
    assert.ok(Date.now() < deadline, (await processes()).join('\n'));
    await delay(50);
  }
  await cluster.delete();
  await (await create('next', 1)).delete();
});

test('a cluster that cannot be made says why, and leaves nothing', async () => {
  await run(['ip', 'link', 'add', 'node1', 'type', 'bridge']); // in the way of node1's link
  await assert.rejects(
    create('failing', 1),
    new RegExp(`could not be made: .*node1.* \\(log: ${logDirectory}/embedded-cluster.log\\)`, 's'),
  );
  await run(['ip', 'link', 'del', 'node1']);
  assert.deepEqual(await processes(), []);
  await (await create('next', 1)).delete();
});

test('200 Pods on 3 nodes run at once, each with its own address', { timeout: 600_000 }, async (t) => {
  const cluster = await testCluster(3);
  const { objects, nodes } = cluster;
  try {
    if (!(await installPtp(nodes))) return t.skip('the ptp plugin has not been built');
    const count = 200;
    for (let i = 0; i < count; i += 1) {
      objects.create({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: `pod-${i}`, namespace: 'default' },
        spec: { nodeName: nodes[i % 3]?.name, containers: [{ name: 'main', image: 'registry.k8s.io/pause:3.10' }] },
      });
    }
    const began = Date.now();
    while (!objects.list('Pod').every(isReady)) await delay(50);
    t.diagnostic(`200 Pods were ready after ${((Date.now() - began) / 1000).toFixed(1)} s`);
    assert.equal(new Set(objects.list('Pod').map(({ status }) => status.podIP)).size, count);
    for (const { metadata } of objects.list('Pod')) objects.delete('Pod', 'default', metadata.name);
    while (objects.list('Pod').length > 0) await delay(50);
    for (const node of nodes) {
      assert.deepEqual(readdirSync(join(node.state, 'run/netns')), []);
      assert.doesNotMatch((await node.run(['ip', '-br', 'link'])).stdout, /veth/);
    }
  } finally {
    await cluster.stop();
  }
});
