import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type ClusterFlags, checkCluster } from './cluster-options.ts';
import { stays } from './providers.ts';
import { mirrored } from './suite.ts';

const directory = mkdtempSync(join(tmpdir(), 'netvet-options-'));
after(() => rmSync(directory, { recursive: true }));
const file = join(directory, 'config');
writeFileSync(
  file,
  JSON.stringify({ contexts: [{ name: 'ours', context: { cluster: 'c' } }], clusters: [{ name: 'c' }] }),
);
process.env['KUBECONFIG'] = file;
// and neither this machine's engine nor what it has built
process.env['DOCKER_HOST'] = `unix://${join(directory, 'docker.sock')}`;
process.env['XDG_CACHE_HOME'] = directory;

async function check(flags: Partial<ClusterFlags>) {
  const mistakes: string[] = [];
  return { choice: await checkCluster({ cluster: 'embedded', name: 'netvet', ...flags }, mistakes), mistakes };
}

test('each place has defaults of its own', async () => {
  const { choice } = await check({});
  assert.deepEqual([choice.provider, choice.cni, choice.nodes], ['embedded', 'reference', 3]);
  const kind = await check({ cluster: 'kind', kubernetes: '1.34.3', reuse: true, nodes: '5' });
  assert.deepEqual(kind.mistakes, []);
  assert.deepEqual([kind.choice.kubernetes, kind.choice.nodes, stays(kind.choice)], ['1.34.3', 5, true]);
  const theirs = await check({ cluster: 'ours' });
  assert.deepEqual(theirs.mistakes, []);
  assert.deepEqual(theirs.choice.existing, { context: 'ours', kubeconfig: file });
  assert.equal(theirs.choice.cni, undefined);
});

test('on a context nothing may be asked for that would change it, and all mistakes are told', async () => {
  const { mistakes } = await check({
    cluster: 'ours',
    cni: 'ptp',
    nodes: '2',
    keep: true,
    reuse: true,
    kubernetes: 'new',
  });
  const flags = mistakes
    .map((mistake) => mistake.split(/[ :]/)[0])
    .toSorted((a, b) => String(a).localeCompare(String(b)));
  assert.deepEqual(flags, ['--cni', '--keep', '--kubernetes', '--kubernetes', '--nodes', '--reuse']);
  const embedded = await check({ registry: 'mirror.example', image: 'x' });
  assert.deepEqual(
    embedded.mistakes.map((mistake) => mistake.split(/[ :]/)[0]),
    ['--image', '--registry'],
  );
});

test('a CNI whose Pods run images is for clusters that can be given images', async () => {
  for (const cni of ['reference', 'ptp', 'ptp-iptables', 'none']) assert.deepEqual((await check({ cni })).mistakes, []);
  assert.deepEqual((await check({ cni: 'cilium' })).mistakes, [
    '--cni cilium needs images, which only --cluster kind can be given',
  ]);
  assert.deepEqual((await check({ cni: 'cilium', cluster: 'kind' })).mistakes, []);
  assert.match((await check({ cni: 'moon' })).mistakes.join(), /"moon" is none of them/);
});

test('a place that is none, a name that is none, and a family that has no scenarios', async () => {
  const { mistakes } = await check({ cluster: 'moon', name: 'A/B', ipFamily: 'dual' });
  assert.match(mistakes.join('\n'), /no context is called "moon": there are ours/);
  assert.match(mistakes.join('\n'), /--name takes .* "A\/B" is not that/);
  assert.match(mistakes.join('\n'), /--ip-family takes ipv4 only/);
});

test('images come from a mirror under the names that mirrors give them', () => {
  assert.equal(mirrored('node:24', 'mirror:5000'), 'mirror:5000/library/node:24');
  assert.equal(mirrored('grafana/k6:2.2.0', 'mirror/all'), 'mirror/all/grafana/k6:2.2.0');
  assert.equal(mirrored('registry.k8s.io/pause:3.10', 'mirror'), 'mirror/pause:3.10');
});
