import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { BrokenError } from '../outcome.ts';
import { isNotFound, Kube, KubeError } from './index.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

let handler: Handler;
let seen: { method: string; url: string; type: string | undefined; body: string }[];
let kube: Kube;
const directory = mkdtempSync(join(tmpdir(), 'netvet-kube-'));
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => {
    body += chunk.toString();
  });
  request.on('end', () => {
    seen.push({ method: request.method ?? '', url: request.url ?? '', type: request.headers['content-type'], body });
    handler(request, response, body);
  });
});

beforeEach(async () => {
  seen = [];
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = {
    clusters: [{ name: 'c', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: {} }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'c',
  };
  writeFileSync(join(directory, 'config'), JSON.stringify(config));
  kube = new Kube(join(directory, 'config'));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

process.on('exit', () => rmSync(directory, { recursive: true }));

const status = (response: ServerResponse, code: number, reason: string) => {
  response.writeHead(code).end(JSON.stringify({ kind: 'Status', code, reason, message: `it is ${reason}` }));
};
const pod = (name: string, phase: string, resourceVersion: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, resourceVersion },
  status: { phase },
});
const policy = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'p', namespace: 'shop' },
  spec: { podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] },
};

test('objects go over the wire as they are: client-node would drop "from"', async () => {
  handler = (_, response, body) => response.end(body);
  assert.deepEqual(await kube.create(policy), policy);
  assert.deepEqual(JSON.parse(seen[0]?.body ?? ''), policy);
  assert.equal(seen[0]?.url, '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies?fieldValidation=Strict');
});

test('patches are merge patches', async () => {
  handler = (_, response, body) => response.end(body);
  await kube.patch(policy, { metadata: { labels: { a: null } } });
  assert.deepEqual(
    seen.map(({ method, url, type }) => [method, url.split('?')[1], type]),
    [['PATCH', undefined, 'application/merge-patch+json']],
  );
});

test('deleting what is gone is no error, and other refusals are', async () => {
  handler = (_, response) => status(response, 404, 'NotFound');
  await kube.delete(policy);
  handler = (_, response) => status(response, 403, 'Forbidden');
  await assert.rejects(
    kube.delete(policy),
    (error) => error instanceof KubeError && error.message === 'it is Forbidden',
  );
  handler = (_, response) => status(response, 404, 'NotFound');
  await assert.rejects(kube.read(policy), isNotFound);
  handler = (_, response) => response.writeHead(502).end('<html>');
  await assert.rejects(kube.read(policy), BrokenError);
});

test('until lists, follows the watch from there, and ends both', async () => {
  const closed = Promise.withResolvers<void>();
  handler = (request, response) => {
    const url = new URL(request.url ?? '', 'http://x');
    if (!url.searchParams.has('watch')) {
      return response.end(JSON.stringify({ metadata: { resourceVersion: '7' }, items: [pod('a', 'Pending', '5')] }));
    }
    assert.equal(url.searchParams.get('resourceVersion'), '7');
    assert.equal(url.searchParams.get('labelSelector'), 'app=a');
    request.on('close', closed.resolve);
    response.write(`${JSON.stringify({ type: 'BOOKMARK', object: pod('', '', '8') })}\n`);
    response.write(`${JSON.stringify({ type: 'MODIFIED', object: pod('a', 'Running', '9') })}\n`);
    return undefined;
  };
  const where = { kind: 'Pod', namespace: 'ns', labelSelector: 'app=a' };
  const phase = await kube.until(where, 'it to run', 300_000, ([one]) =>
    one?.['status'].phase === 'Running' ? 'it runs' : undefined,
  );
  assert.equal(phase, 'it runs');
  await closed.promise;
});

test('until starts over when its position is too old, and when the watch ends', async () => {
  let lists = 0;
  handler = (request, response) => {
    if (!request.url?.includes('watch=')) {
      lists += 1;
      const phase = lists > 2 ? 'Running' : 'Pending';
      return response.end(JSON.stringify({ metadata: { resourceVersion: '1' }, items: [pod('a', phase, '1')] }));
    }
    const gone = { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } };
    return lists === 1 ? response.end(`${JSON.stringify(gone)}\n`) : response.end();
  };
  const runs = await kube.until(
    { kind: 'Pod' },
    'it to run',
    300_000,
    ([one]) => one?.['status'].phase === 'Running' || undefined,
  );
  assert.equal(runs, true);
  assert.equal(lists, 3);
});

test('until gives up in time, and says what it saw last', async () => {
  handler = (request, response) => {
    if (request.url?.includes('watch=')) return response.write(' ');
    return response.end(JSON.stringify({ metadata: { resourceVersion: '1' }, items: [pod('a', 'Pending', '1')] }));
  };
  await assert.rejects(
    kube.until({ kind: 'Pod' }, 'a to run', 300, () => undefined),
    (error) => error instanceof BrokenError && /0\.3 s for a to run; last seen: a Pending/.test(error.message),
  );
});

test('an overloaded server is asked again when it says, and not before', async () => {
  let asked = 0;
  handler = (_, response) => {
    asked += 1;
    if (asked > 1) return response.writeHead(201).end(JSON.stringify(policy));
    response.setHeader('retry-after', '1');
    return status(response, 429, 'TooManyRequests');
  };
  const began = performance.now();
  await kube.create(policy);
  assert.equal(asked, 2);
  assert.ok(performance.now() - began >= 900);
});

test('once it is stopped nothing is created, and what is there can still be deleted', async () => {
  handler = (_, response) => response.writeHead(200).end('{}');
  kube.stop();
  await assert.rejects(async () => kube.create(policy), BrokenError);
  await kube.delete(policy);
  assert.deepEqual(
    seen.map(({ method }) => method),
    ['DELETE'],
  );
});

test('another context than the current one can be meant', async () => {
  handler = (_, response) => response.writeHead(200).end('{}');
  await assert.rejects(async () => new Kube(join(directory, 'config'), 'absent').read(policy), /.*/);
  await new Kube(join(directory, 'config'), 'c').read(policy);
});
