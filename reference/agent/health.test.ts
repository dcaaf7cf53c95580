import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { ServiceEntry } from '../model/services/types.ts';
import { enterNamespaces } from '../testing/namespaces.ts';
import { until } from '../testing/wait.ts';
import { HealthCheckPorts, serveHealth } from './health.ts';
import { Liveness } from './liveness.ts';

// on a machine of its own every port is free
const skip = enterNamespaces(import.meta.filename).reason ?? false;
if (skip === false) spawnSync('ip', ['link', 'set', 'lo', 'up']);

test('/readyz says why the node takes no Pods, /livez what does not end, /metrics tells numbers', async () => {
  let reasons = ['no podCIDR', 'nft is missing'];
  const clock = { ms: 0 };
  const liveness = new Liveness(() => clock.ms);
  const overdue = () => liveness.overdue();
  const server = await serveHealth(
    0,
    { unready: () => reasons, notes: () => [], overdue, metrics: () => ({ a: 1, 'b{c="d"}': 0.5 }) },
    () => {},
  );
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
    return [response.status, await response.text()];
  };
  assert.deepEqual(await get('/healthz'), [200, 'ok\n']);
  assert.deepEqual(await get('/readyz'), [503, 'no podCIDR\nnft is missing\n']);
  reasons = [];
  assert.deepEqual(await get('/readyz'), [200, 'ok\n']);
  assert.deepEqual(await get('/metrics'), [200, 'a 1\nb{c="d"} 0.5\n']);
  assert.equal((await get('/'))[0], 404);
  const ends = liveness.watch('ADD of a', Promise.reject(new Error('refused')));
  const never = liveness.watch('ADD of b', new Promise(() => {}));
  await assert.rejects(ends);
  clock.ms = 15 * 60_000;
  assert.deepEqual(await get('/livez'), [200, 'ok\n']);
  clock.ms += 1000;
  assert.deepEqual(await get('/livez'), [503, 'ADD of b has not come to an end for 901 s\n']);
  assert.ok(never instanceof Promise);
  server.close();
  server.closeAllConnections();
});

test('a healthCheckNodePort answers as kube-proxy’s does, follows its Service, and closes', { skip }, async () => {
  const complaints: string[] = [];
  const ports = new HealthCheckPorts((message) => complaints.push(message));
  const entry = (name: string, port: number, localEndpoints: number) =>
    ({ name, healthCheck: { port, localEndpoints } }) as ServiceEntry;
  const ask = () =>
    fetch('http://127.0.0.1:39871/healthz').then(
      async (response) => [response.status, await response.json()],
      () => ['refused', undefined],
    );
  const says = (status: unknown) => until(`it says ${String(status)}`, ask, ([seen]) => seen === status);
  ports.update([entry('shop/web', 39871, 2), { name: 'shop/other' } as ServiceEntry]);
  const [, body] = await says(200);
  assert.deepEqual(body, {
    service: { namespace: 'shop', name: 'web' },
    localEndpoints: 2,
    serviceProxyHealthy: true,
  });
  ports.update([entry('shop/web', 39871, 0)]);
  await says(503);
  // a port that is taken is said, and does no harm
  const second = new HealthCheckPorts((message) => complaints.push(message));
  second.update([entry('shop/web', 39871, 1)]);
  await until(
    'it is said',
    () => complaints,
    (seen) => seen.length === 1,
  );
  second.close();
  ports.close();
  await says('refused');
});
