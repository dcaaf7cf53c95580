import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { promises as dns } from 'node:dns';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { Cluster } from './directory.ts';
import { serve } from './server.ts';

const metadata = (name: string, labels = {}) => ({ name, namespace: 'shop', labels, resourceVersion: '1' });
const clusterIp = (name: string, address: string) => ({
  metadata: metadata(name),
  spec: { clusterIP: address, ports: [{ name: 'http', port: 80 }] },
});

/** A resolver that asks this server only. */
function resolver(port: number): dns.Resolver {
  const made = new dns.Resolver({ timeout: 300_000, tries: 1 });
  made.setServers([`127.0.0.1:${port}`]);
  return made;
}

test('a real resolver gets its answers, and asks again over TCP where they are too long', async (t) => {
  const cluster = new Cluster();
  cluster.replace('Namespace', [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }]);
  const endpoints = Array.from({ length: 200 }, (_, i) => ({
    addresses: [`10.244.9.${i}`],
    conditions: { ready: true },
  }));
  cluster.set('Service', { apiVersion: 'v1', kind: 'Service', ...clusterIp('web', '10.96.1.1') });
  cluster.set('Service', { apiVersion: 'v1', kind: 'Service', metadata: metadata('db'), spec: { clusterIP: 'None' } });
  cluster.set('EndpointSlice', {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: metadata('db-1', { 'kubernetes.io/service-name': 'db' }),
    addressType: 'IPv4',
    endpoints,
    ports: [],
  });
  const { port, close } = await serve(cluster, 0, '127.0.0.1');
  t.after(close);
  const client = resolver(port);
  assert.deepEqual(await client.resolve4('web.shop.svc.cluster.local'), ['10.96.1.1']);
  assert.deepEqual(await client.resolveSrv('_http._tcp.web.shop.svc.cluster.local'), [
    { name: 'web.shop.svc.cluster.local', port: 80, priority: 0, weight: 100, type: 'SRV' },
  ]);
  assert.deepEqual(await client.reverse('10.96.1.1'), ['web.shop.svc.cluster.local']);
  assert.equal((await client.resolve4('db.shop.svc.cluster.local')).length, 200);
  await assert.rejects(client.resolve6('web.shop.svc.cluster.local'), { code: 'ENODATA' });
  await assert.rejects(client.resolve4('gone.shop.svc.cluster.local'), { code: 'ENOTFOUND' });

  // garbage on either transport harms nobody
  const socket = connect(port, '127.0.0.1');
  socket.write(Buffer.from([0, 3, 1, 2, 3, 0, 0, 255]));
  await once(socket, 'connect');
  socket.destroy();
  assert.deepEqual(await client.resolve4('web.shop.svc.cluster.local'), ['10.96.1.1']);
});

/** An API server of three lists, with watches that the test writes to. */
async function fakeApi(
  services: object[],
): Promise<{ server: Server; url: string; watches: Map<string, ServerResponse> }> {
  const watches = new Map<string, ServerResponse>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://api');
    const plural = url.pathname.split('/').at(-1) as string;
    if (url.searchParams.get('watch')) {
      response.writeHead(200);
      response.flushHeaders();
      watches.set(plural, response);
      server.emit(`watch ${plural}`);
      return;
    }
    const items = { services, namespaces: [{ metadata: { name: 'shop' } }], endpointslices: [] }[plural];
    response.end(JSON.stringify({ items, metadata: { resourceVersion: '1' } }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, watches, url: `http://127.0.0.1:${(server.address() as { port: number }).port}` };
}

test('the program reads the cluster, listens, and follows changes over watches that break or expire', async (t) => {
  const services = [clusterIp('web', '10.96.1.1')];
  const { server, url, watches } = await fakeApi(services);
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const env = { ...process.env, NETVET_API_SERVER: url, NETVET_DNS_PORT: '0' };
  const program = spawn(process.execPath, [`${import.meta.dirname}/main.ts`], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => program.kill('SIGKILL'));
  const watching = once(server, 'watch services');
  const [line] = (await once(program.stdout, 'data')) as [Buffer];
  const port = Number(/port (\d+)/.exec(line.toString())?.[1]);
  t.diagnostic(line.toString().trim());
  await watching;
  const client = resolver(port);
  const answer = (name: string) =>
    client.resolve4(`${name}.shop.svc.cluster.local`).catch(({ code }) => code as string);
  assert.deepEqual(await answer('web'), ['10.96.1.1']);

  /** Sends a change and waits until the name answers as wanted. */
  const change = async (event: object, name: string, wanted: unknown) => {
    watches.get('services')?.write(`${JSON.stringify(event)}\n`);
    const deadline = performance.now() + 300_000;
    for (;;) {
      const seen = await answer(name);
      if (JSON.stringify(seen) === JSON.stringify(wanted)) return;
      assert.ok(performance.now() < deadline, `${name}: ${JSON.stringify(seen)}`);
    }
  };
  await change({ type: 'ADDED', object: clusterIp('db', '10.96.1.2') }, 'db', ['10.96.1.2']);
  await change({ type: 'DELETED', object: clusterIp('db', '10.96.1.2') }, 'db', 'ENOTFOUND');

  // the connection breaks: another is made
  let again = once(server, 'watch services');
  watches.get('services')?.destroy();
  await again;
  await change({ type: 'MODIFIED', object: clusterIp('web', '10.96.1.3') }, 'web', ['10.96.1.3']);

  // the version is too old: everything is read anew, and what is gone meanwhile is forgotten
  again = once(server, 'watch services');
  services.splice(0, 1, clusterIp('late', '10.96.1.4'));
  watches.get('services')?.write(`${JSON.stringify({ type: 'ERROR', object: { code: 410, metadata: {} } })}\n`);
  await again;
  assert.deepEqual([await answer('late'), await answer('web')], [['10.96.1.4'], 'ENOTFOUND']);

  program.kill('SIGTERM');
  assert.deepEqual(await once(program, 'exit'), [0, null]);
});
