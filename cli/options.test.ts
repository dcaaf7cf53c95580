import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type ClusterFlags, checkCluster } from './options.ts';
import { stays } from './providers.ts';

const directory = mkdtempSync(join(tmpdir(), 'netvet-options-'));
after(() => rmSync(directory, { recursive: true }));
const file = join(directory, 'config');
writeFileSync(
  file,
  JSON.stringify({ contexts: [{ name: 'ours', context: { cluster: 'c' } }], clusters: [{ name: 'c' }] }),
);
process.env['KUBECONFIG'] = file;

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
});

test('a place that is none, a name that is none, and a family that has no scenarios', async () => {
  const { mistakes } = await check({ cluster: 'moon', name: 'A/B', ipFamily: 'dual' });
  assert.match(mistakes.join('\n'), /no context is called "moon": there are ours/);
  assert.match(mistakes.join('\n'), /--name takes .* "A\/B" is not that/);
  assert.match(mistakes.join('\n'), /--ip-family takes ipv4 only/);
});
