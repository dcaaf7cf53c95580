import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { KubeConfig } from '@kubernetes/client-node';
import type { Kube, KubeObject } from '../kube/index.ts';
import { Ledger } from './ledger.ts';

function pod(name: string, condition: 'starting' | 'ready' | 'terminating', restartCount = 0): KubeObject {
  const terminating = condition === 'terminating' ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {};
  const ready = { type: 'Ready', status: condition === 'ready' ? 'True' : 'False' };
  const containerStatuses = [{ name: 'frontend', restartCount, state: { running: {} } }];
  const metadata = { name, namespace: 'shop', ...terminating };
  return { apiVersion: 'v1', kind: 'Pod', metadata, status: { conditions: [ready], containerStatuses } };
}

const line = (process: string, received: number, answered: number) =>
  `${JSON.stringify({ process, counts: { service: { received, answered } } })}\n`;

describe('the ledger', () => {
  const logs = new Map<string, ServerResponse>();
  const server = createServer((request, response) => {
    response.flushHeaders();
    logs.set((request.url ?? '').split('/')[6] as string, response);
  });
  let see: (pods: KubeObject[]) => unknown = () => undefined;
  let route: typeof see = see;
  let ledger: Ledger;
  const counted = () => ledger.backends.map(({ process, counts }) => [process, counts['service']?.received]);
  const heard = async (...wanted: [process: string, received: number][]) => {
    while (!isDeepStrictEqual(counted(), wanted)) await new Promise(setImmediate);
  };
  const logOf = async (name: string) => {
    while (!logs.has(name)) await new Promise(setImmediate);
    return logs.get(name) as ServerResponse;
  };

  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const config = new KubeConfig();
    config.loadFromClusterAndUser(
      { name: 'fake', server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
      { name: 'me' },
    );
    const until = ({ kind }: { kind: string }, _what: string, _timeoutMs: number, holds: typeof see) => {
      if (kind === 'Pod') see = holds;
      else route = holds;
      return new Promise(() => undefined);
    };
    ledger = Ledger.open({ config, until } as unknown as Kube, 'shop', 'frontend', 'web');
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it('has the newest counts of each process, those that are gone included', async () => {
    see([pod('a', 'ready')]);
    (await logOf('a')).write(`${line('a/1', 3, 2)}not JSON\nnull\n`);
    await heard(['a/1', 3]);
    see([pod('a', 'ready'), pod('b', 'starting')]);
    (await logOf('b')).write(line('b/1', 10, 10));
    see([pod('a', 'terminating'), pod('b', 'ready')]);
    (await logOf('a')).end(line('a/1', 5, 5));
    see([pod('b', 'ready')]);
    await heard(['a/1', 5], ['b/1', 10]);
  });

  it('knows when a Pod closed, and when the API had it in and out of the Service', async () => {
    const slice = (...names: string[]) => {
      const endpoints = names.map((name) => ({ conditions: { ready: name !== 'c' }, targetRef: { name } }));
      return { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'web-1' }, endpoints };
    };
    route([slice('a', 'b', 'c')]);
    route([slice('b', 'c')]);
    (await logOf('b')).write(`${JSON.stringify({ pod: 'b', closed: true })}\n`);
    while (ledger.details.length < 4) await new Promise(setImmediate);
    assert.deepEqual(
      ledger.details.map(({ label }) => label),
      ['a is in the Service', 'b is in the Service', 'a is out of the Service', 'b has closed'],
    );
  });

  it('knows when one stood still', async () => {
    (await logOf('b')).write(`${JSON.stringify({ pod: 'b', paused: { atMs: 7, ms: 1_300 } })}\n`);
    while (ledger.backends[1]?.pauses.length === 0) await new Promise(setImmediate);
    assert.deepEqual(
      ledger.backends.map(({ pauses }) => pauses),
      [[], [{ atMs: 7, ms: 1_300 }]],
    );
  });

  it('says what became of the Pods since it was opened', () => {
    assert.deepEqual(
      ledger.happenings.map(({ label }) => label),
      ['a terminating', 'b ready', 'a gone'],
    );
  });

  it('has a container that was started again beside the one before', async () => {
    (await logOf('b')).end();
    logs.delete('b');
    see([pod('b', 'ready', 1)]);
    (await logOf('b')).write(line('b/2', 1, 1));
    await heard(['a/1', 5], ['b/1', 10], ['b/2', 1]);
    assert.deepEqual(
      ledger.happenings.slice(3).map(({ label }) => label),
      ['b (restart 1) ready', 'b gone'],
    );
  });

  it('is finished once the logs of the Pods that are gone have ended', async () => {
    await ledger.finish();
    assert.equal(see([pod('b', 'ready', 1)]), true);
  });

  it('is broken when the log of a Pod that is gone broke off', async () => {
    see([pod('b', 'ready', 1), pod('c', 'starting')]);
    (await logOf('c')).destroy();
    see([pod('b', 'ready', 1)]);
    await assert.rejects(ledger.finish(), /the log of frontend in c was lost/);
  });
});
