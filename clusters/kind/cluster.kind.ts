/** A real cluster, made and deleted as the command line does. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import type Docker from 'dockerode';
import type { Cluster } from '../cluster.ts';
import { type Engine, engineEntry, findEngine } from './engine.ts';
import { cleanup, kind, leftovers } from './index.ts';
import { label } from './labels.ts';
import { prepare } from './testing.ts';
import { waitFor } from './wait.ts';

const name = `test-${process.pid}`;
const nodes = [`${name}-control-plane`, `${name}-worker`, `${name}-worker2`] as const;
const logDirectory = mkdtempSync(join(tmpdir(), 'netvet-kind-'));

let cluster: Cluster;
let docker: Docker;
const run = async (node: string, argv: string[], options?: { stdin?: string; timeoutMs?: number }) =>
  cluster.run?.(node, argv, options);
const kubectl = (...argv: string[]) => run(nodes[0], ['kubectl', '--kubeconfig=/etc/kubernetes/admin.conf', ...argv]);

/** Everything in the engine with the cluster's label, and those of its volumes that are there; they carry no label. */
async function inEngine(): Promise<string[]> {
  const filters = { label: [`${label.cluster}=${name}`] };
  const [containers, networks, { Volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes(),
  ]);
  const left = Volumes.map(({ Name }) => Name).filter((each) => volumes.has(each));
  return [...containers.map(({ Names }) => Names.join()), ...networks.map(({ Name }) => Name), ...left];
}

/** Names of the nodes' volumes, while there are nodes. */
const volumes = new Set<string>();

before(
  async () => {
    await prepare();
    docker = ((await findEngine()) as Engine).docker;
  },
  { timeout: 60 * 60_000 },
);
after(async () => kind.delete(name));

test('three nodes are made', { timeout: 1_200_000 }, async (t) => {
  const stages: string[] = [];
  const started = Date.now();
  cluster = await kind.create({ name, nodes: 3, logDirectory, progress: (stage) => stages.push(stage) });
  t.diagnostic(`three nodes were registered after ${((Date.now() - started) / 1000).toFixed(1)} s`);
  assert.deepEqual(stages, ['Starting 3 nodes', 'Starting Kubernetes', 'Joining 2 workers']);
  const listed = await kubectl('get', 'nodes', '--output', 'jsonpath={.items[*].metadata.name}');
  assert.deepEqual(listed?.stdout.split(' ').toSorted(), nodes.toSorted());
  assert.deepEqual(readdirSync(logDirectory), []);
  const found = (await kind.list()).find((each) => each.name === name);
  assert.equal(found?.nodes, 3);
  assert.ok(Date.parse(found.createdAt) >= started - 1_000);
});

test('without a CNI no node is Ready, and each says why', async () => {
  const ready = '{.items[*].status.conditions[?(@.type=="Ready")].status}';
  assert.equal((await kubectl('get', 'nodes', '--output', `jsonpath=${ready}`))?.stdout, 'False False False');
  const message = '{.items[0].status.conditions[?(@.type=="Ready")].message}';
  assert.match(
    (await kubectl('get', 'nodes', '--output', `jsonpath=${message}`))?.stdout ?? '',
    /cni plugin not initialized/,
  );
});

test('no node runs kube-proxy, and all have the images of the suite', async () => {
  assert.equal((await kubectl('get', 'daemonsets', '--all-namespaces', '--output', 'name'))?.stdout, '');
  for (const node of nodes) {
    const images = (await run(node, ['ctr', '-n', 'k8s.io', 'images', 'list', '--quiet']))?.stdout ?? '';
    for (const image of ['docker.io/library/node:24', 'docker.io/library/postgres:17', 'docker.io/grafana/k6:2.2.0']) {
      assert.ok(images.split('\n').includes(image), `${node} lacks ${image}`);
    }
  }
});

test('a command on a node gives its exit code and both outputs, byte for byte', async () => {
  const script = 'cat; echo problem >&2; exit 3';
  assert.deepEqual(await run(nodes[1], ['sh', '-c', script], { stdin: 'ä → in\n' }), {
    exitCode: 3,
    stdout: 'ä → in\n',
    stderr: 'problem\n',
  });
  assert.deepEqual(await run(nodes[1], ['hostname']), { exitCode: 0, stdout: `${nodes[1]}\n`, stderr: '' });
  const long = await run(nodes[2], ['seq', '200000']);
  assert.equal(long?.stdout, `${Array.from({ length: 200_000 }, (_, i) => i + 1).join('\n')}\n`);
  assert.equal((await run(nodes[1], ['no-such-command']))?.exitCode, 127);
  const big = 'x'.repeat(5_000_000);
  assert.equal((await run(nodes[1], ['wc', '-c'], { stdin: big }))?.stdout.trim(), '5000000');
  await assert.rejects(async () => run('elsewhere', ['true']), /no node is called elsewhere: there are test-/);
});

test('a command that takes too long is ended on the node, too', async () => {
  const result = await run(nodes[1], ['sleep', '4711'], { timeoutMs: 500 });
  assert.equal(result?.exitCode, 124);
  assert.match(result.stderr, /stopped after 0.5 s/);
  assert.equal((await run(nodes[1], ['pgrep', '-f', '[s]leep 4711']))?.exitCode, 1);
});

test('the kubeconfig reaches the API server from where netvet runs', async () => {
  const script = `
    import { KubeConfig, VersionApi } from '@kubernetes/client-node';
    const config = new KubeConfig();
    config.loadFromFile(process.argv[1]);
    console.log(config.currentContext, (await config.makeApiClient(VersionApi).getCode()).gitVersion);`;
  const argv = [...engineEntry(), process.execPath, '--input-type=module', '--eval', script, cluster.kubeconfig];
  const { stdout } = await promisify(execFile)(argv[0] as string, argv.slice(1));
  assert.match(stdout, new RegExp(`^netvet-${name} v1\\.\\d+\\.\\d+\\n$`));
});

test('a node that is restarted comes back with its address, its state and its images', {
  timeout: 600_000,
}, async () => {
  const address = async () => (await run(nodes[1], ['hostname', '-I']))?.stdout.split(' ')[0];
  const before = await address();
  await run(nodes[1], ['sh', '-c', 'echo kept >/var/lib/kept']);
  await docker.getContainer(nodes[1]).restart({ t: 10 });
  await waitFor(
    'the kubelet to answer',
    300_000,
    async () => (await run(nodes[1], ['curl', '-sf', 'http://127.0.0.1:10248/healthz']))?.exitCode === 0,
  );
  assert.equal(await address(), before);
  assert.equal((await run(nodes[1], ['cat', '/var/lib/kept']))?.stdout, 'kept\n');
  assert.match(
    (await run(nodes[1], ['ctr', '-n', 'k8s.io', 'images', 'list', '--quiet']))?.stdout ?? '',
    /postgres:17/,
  );
});

test('another command finds the cluster, and a second one of the name is refused', async () => {
  assert.equal((await kind.open(name))?.kubeconfig, cluster.kubeconfig);
  assert.equal(await kind.open('no-such-cluster'), undefined);
  await assert.rejects(
    kind.create({ name, nodes: 1, logDirectory, progress: () => {} }),
    /is there already: delete it/,
  );
  await assert.rejects(kind.create({ name: 'No', nodes: 0, logDirectory, progress: () => {} }), (error: Error) => {
    assert.equal(error.message.split('\n').length, 2);
    return true;
  });
});

test('a cluster whose command still runs is no leftover', async () => {
  assert.ok(!(await leftovers()).some(({ cluster }) => cluster === name));
  const parts = (await leftovers({ all: true })).find(({ cluster }) => cluster === name)?.parts;
  assert.deepEqual(
    parts?.toSorted(),
    [...nodes.map((node) => `container ${node}`), `network netvet-${name}`].toSorted(),
  );
});

test('deleted, nothing of it stays; deleting it again is no mistake', { timeout: 600_000 }, async () => {
  for (const node of nodes) {
    const { Mounts } = await docker.getContainer(node).inspect();
    for (const { Name } of Mounts) if (Name !== undefined) volumes.add(Name);
  }
  assert.equal(volumes.size, 3);
  await cluster.delete();
  await cluster.delete();
  await kind.delete(name);
  assert.deepEqual(await inEngine(), []);
  assert.ok(!existsSync(cluster.kubeconfig));
});

test('a bring-up that fails leaves logs and nothing else', { timeout: 1_200_000 }, async () => {
  // a node image without kubeadm in it
  const image = 'netvet/postgres:local';
  await assert.rejects(
    kind.create({ name, nodes: 1, image, logDirectory, progress: () => {} }),
    new RegExp(`could not be made: .*logs: ${logDirectory}/kind`, 's'),
  );
  assert.deepEqual(await inEngine(), []);
  assert.deepEqual(readdirSync(join(logDirectory, 'kind')), [nodes[0]]);
  assert.ok(readdirSync(join(logDirectory, 'kind', nodes[0])).includes('kubelet.log'));
});

test('what a command that was killed has left is found by its label, and removed', { timeout: 600_000 }, async () => {
  const crashed = `${name}-crashed`;
  const script = `
    import { createNetwork } from '${import.meta.dirname}/network.ts';
    import { owner } from '${import.meta.dirname}/labels.ts';
    import { dockerAt } from '${import.meta.dirname}/engine.ts';
    await createNetwork(dockerAt(process.argv[1]), '${crashed}', { '${label.owner}': owner() });
    process.kill(process.pid, 'SIGKILL');`;
  const host = ((await findEngine()) as Engine).host;
  await assert.rejects(
    promisify(execFile)(process.execPath, ['--input-type=module-typescript', '--eval', script, host]),
    /Command failed/,
  );
  assert.deepEqual(
    (await leftovers()).filter(({ cluster }) => cluster === crashed),
    [{ cluster: crashed, parts: [`network netvet-${crashed}`] }],
  );
  assert.ok((await cleanup({ names: [crashed] })).includes(`network netvet-${crashed}`));
  assert.deepEqual(
    (await leftovers()).filter(({ cluster }) => cluster === crashed),
    [],
  );
});
