import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import type { Cluster } from '../../clusters/cluster.ts';
import { runnersIn, runnersOn } from './runners.ts';

/** What the API server is to say. */
let served = false;
let allowed = true;
let changes: string[];
const server = createServer((request, response) => {
  const path = request.url ?? '';
  if (!['GET', 'POST'].includes(request.method ?? '')) changes.push(`${request.method} ${path}`);
  const answer = (code: number, body: object) =>
    response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  if (path === '/apis/k6.io/v1alpha1' && served)
    return answer(200, { kind: 'APIResourceList', resources: [{ name: 'testruns', kind: 'TestRun' }] });
  if (path.endsWith('/selfsubjectaccessreviews')) return answer(201, { spec: {}, status: { allowed } });
  if (path === '/api/v1') {
    const namespaces = { name: 'namespaces', kind: 'Namespace', namespaced: false };
    return answer(200, { kind: 'APIResourceList', groupVersion: 'v1', resources: [namespaces] });
  }
  if (request.method === 'PATCH') return answer(403, { kind: 'Status', code: 403, message: 'namespaces is forbidden' });
  return answer(404, { kind: 'Status', code: 404, message: 'there is no such thing' });
});

const directory = mkdtempSync(join(tmpdir(), 'netvet-runners-'));
const kubeconfig = join(directory, 'config');
before(async () => {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = {
    clusters: [{ name: 'c', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: {} }],
    contexts: [{ name: 'ours', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'ours',
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
});
after(() => {
  server.closeAllConnections();
  server.close();
  rmSync(directory, { recursive: true });
});
beforeEach(() => {
  [served, allowed, changes] = [false, true, []];
});

async function on(provider: Cluster['provider'], operator: string, more = {}) {
  const notes: string[] = [];
  const progress = { note: (text: string) => void notes.push(text), stage: () => {}, stageDone: () => {} };
  const cluster: Cluster = { name: 'c', provider, kubeconfig, context: 'ours', delete: async () => {} };
  const runners = await runnersOn(cluster, { distributed: 4, operator, ...more }, progress);
  return { runners, notes };
}

test('where the operator is, it is used, and nothing is installed', async () => {
  served = true;
  const { runners, notes } = await on('existing', 'not used');
  assert.deepEqual([runners?.by, runners?.count, notes], ['TestRun', 4, []]);
  assert.equal(runnersIn(runners), ', from 4 Pods of a TestRun of the k6-operator');
  assert.match(runners?.starterImage ?? '', /^ghcr\.io\/grafana\/k6-operator:starter-v/);
  assert.deepEqual(changes, []);
});

test('where it is and may not be used, a Job does it, and a note says what is not allowed', async () => {
  [served, allowed] = [true, false];
  const { runners, notes } = await on('existing', 'not used');
  assert.equal(runners?.by, 'Job');
  assert.match(notes.join(), /^4 runners as an indexed Job: .* may not create or delete testruns\.k6\.io/);
});

test('where it is not, and is not to be installed, a Job does it, and a note says why', async () => {
  for (const provider of ['embedded', 'kind', 'existing'] as const) {
    const { runners, notes } = await on(provider, 'for this reason');
    assert.deepEqual([runners?.by, notes], ['Job', ['4 runners as an indexed Job: for this reason']]);
  }
  assert.deepEqual(changes, []);
});

test('where it cannot be installed, a Job does it, and what was not made is not deleted', async () => {
  const { runners, notes } = await on('existing', 'install');
  assert.equal(runners?.by, 'Job');
  assert.match(notes.join(), /the k6-operator v[\d.]+ could not be installed: .*(is forbidden|cannot be fetched)/);
  assert.ok(!changes.some((change) => change.startsWith('DELETE')), changes.join());
});

test('from one Pod, nobody is asked', async () => {
  const { runners } = await on('existing', 'install', { distributed: undefined });
  assert.equal(runners, undefined);
  assert.equal(runnersIn(runners), '');
  assert.deepEqual(changes, []);
});

test('the starter comes from the mirror where all images do', async () => {
  served = true;
  const existing = { context: 'ours', kubeconfig };
  const { runners } = await on('existing', 'not used', { existing, registry: 'mirror:5000' });
  assert.match(runners?.starterImage ?? '', /^mirror:5000\/grafana\/k6-operator:starter-/);
});
