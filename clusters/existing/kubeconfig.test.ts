import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { configOf, findContext, kubeconfigFiles } from './index.ts';

const directory = mkdtempSync(join(tmpdir(), 'netvet-kubeconfig-'));
after(() => rmSync(directory, { recursive: true }));

function write(file: string, contexts: Record<string, [cluster: string, user: string]>, has: string[]): string {
  const path = join(directory, file);
  const config = {
    'current-context': Object.keys(contexts)[0],
    contexts: Object.entries(contexts).map(([name, [cluster, user]]) => ({ name, context: { cluster, user } })),
    clusters: has.map((name) => ({ name, cluster: { server: `https://${name}.example:6443` } })),
    users: has.map((name) => ({ name, user: { 'client-certificate': `${name}.crt` } })),
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}

const one = write('one', { staging: ['s', 's'], shared: ['s', 's'] }, ['s']);
const two = write('two', { shared: ['t', 't'], split: ['s', 't'] }, ['t']);

test('a context is found in the files that kubectl would read, the first one wins', () => {
  const files = kubeconfigFiles({ KUBECONFIG: `${one}:${join(directory, 'absent')}::${two}`, HOME: '/nowhere' });
  assert.deepEqual(files, [one, two]);
  assert.deepEqual(findContext('shared', files), { context: 'shared', kubeconfig: one });
  assert.deepEqual(kubeconfigFiles({ HOME: directory }), []);
});

test('its client talks to the cluster of that context, not of the current one', () => {
  const config = configOf({ kubeconfig: one, context: 'shared' });
  assert.equal(config.getCurrentContext(), 'shared');
  assert.equal(config.getCurrentCluster()?.server, 'https://s.example:6443');
  assert.equal(config.getCurrentUser()?.certFile, join(directory, 's.crt'), 'relative to its file');
});

test('what cannot be used is a sentence that says what to type', () => {
  const mistake = (name: string, files: string[]) => {
    const found = findContext(name, files);
    assert.ok('mistake' in found);
    return found.mistake;
  };
  assert.match(mistake('prod', [one, two]), /no context is called "prod": there are staging, shared, shared, split/);
  assert.match(mistake('prod', []), /there are no contexts at all \(in \$KUBECONFIG and ~\/\.kube\/config/);
  assert.match(mistake('split', [one, two]), /kubectl config view --flatten --minify --context 'split'/);
  const broken = join(directory, 'broken');
  writeFileSync(broken, 'contexts: [');
  assert.match(mistake('prod', [broken]), /broken cannot be read as a kubeconfig/);
});
