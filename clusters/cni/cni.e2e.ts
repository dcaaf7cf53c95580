/** CNIs on embedded clusters, looked at from a Pod. */
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { Exec } from '@kubernetes/client-node';
import type { Cluster } from '../cluster.ts';
import { isInside } from '../embedded/enter.ts';
import { embedded } from '../embedded/index.ts';
import { testInside } from '../embedded/testing.ts';
import { configOf } from '../existing/kubeconfig.ts';
import { findCni } from './index.ts';
import { type KubeObject, openKube } from './kube.ts';
import { isReady } from './ready.ts';
import { tool } from './tool.ts';

// the others' Pods need images, which this cluster has none of: they are run on kind
const cnis = ['reference', 'ptp', 'ptp-iptables'];

if (!isInside()) {
  // from inside nobody can be asked for what is to be built
  for (const cni of cnis) for (const program of (await findCni(cni)).programs) await tool(program);
}
await testInside();

const namespace = 'default';
/** What only keeps a test from hanging, in milliseconds. */
const patience = 300_000;

/** Says its own name and the address that it was asked from. */
const server = `require('node:http').createServer((request, response) => {
  response.end(process.env.HOSTNAME + ' ' + request.socket.remoteAddress.replace('::ffff:', ''));
}).listen(8080)`;

const metadata = (object: string) => ({ name: object, namespace });
const labels = { app: 'web' };
const container = { name: 'main', image: 'node:24', command: ['node', '-e', server] };
const objects: KubeObject[] = [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata('web'),
    spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata('web'),
    spec: {
      replicas: 3,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ ...container, readinessProbe: { httpGet: { port: 8080 }, periodSeconds: 1 } }] },
      },
    },
  },
  { apiVersion: 'v1', kind: 'Pod', metadata: metadata('client'), spec: { containers: [container] } },
];

/** What a command in the client's container prints, errors too. */
async function inClient(cluster: Cluster, ...command: string[]): Promise<string> {
  const output = new PassThrough();
  const exec = new Exec(configOf(cluster));
  const end = () => output.end();
  const socket = await exec.exec(namespace, 'client', 'main', command, output, output, null, false, end);
  socket.onerror = end;
  return (await text(output)).trim();
}

for (const name of cnis) {
  const promise = 'Pods reach each other without NAT, a Service by address and by name, and the API by its Service';
  test(`${name}: ${promise}`, { timeout: 900_000 }, async (t) => {
    const started = performance.now();
    const told = (what: string) => t.diagnostic(`${name}: ${what} after ${Math.round(performance.now() - started)} ms`);
    const cluster = await embedded.create({ name: 'e2e', nodes: 3, progress: () => {}, logDirectory: tmpdir() });
    t.after(() => cluster.delete());
    const cni = await findCni(name);
    await cni.install(cluster);
    await cni.ready(cluster);
    told('nodes Ready');

    const kube = await openKube(cluster.kubeconfig);
    await kube.apply(objects);
    let pods: KubeObject[] = [];
    await kube.until(`/api/v1/namespaces/${namespace}/pods`, patience, (seen) => {
      pods = seen;
      const ready = seen.filter(isReady).length;
      return ready === 4 ? [] : [`${ready} of 4 Pods are ready`];
    });
    told('four Pods');
    // names are answered once DNS has come up
    await kube.until('/apis/apps/v1/namespaces/kube-system/deployments', patience, (deployments) =>
      deployments
        .filter(({ status }) => !status?.availableReplicas)
        .map(({ metadata: { name: waiting } }) => `${waiting} is not available`),
    );
    told('DNS');

    const get = (url: string) => inClient(cluster, 'curl', '-sS', '--max-time', '60', url);
    const client = pods.find((pod) => pod.metadata.name === 'client');
    const servers = pods.filter((pod) => pod !== client);
    assert.equal(new Set(servers.map((pod) => pod['spec'].nodeName as string)).size, 3, 'a server on every node');
    for (const pod of servers) {
      const answer = await get(`http://${pod['status'].podIP}:8080`);
      assert.equal(answer, `${pod.metadata.name} ${client?.['status'].podIP}`);
    }
    const service = await kube.read('v1', 'Service', 'web', namespace);
    const byAddress = `http://${service['spec'].clusterIP}`;
    // kube-proxy writes its rules at most once a second, and those of DNS when there is an endpoint to them
    for (const url of [byAddress, 'http://web']) {
      const again = `until curl -sS --max-time 5 ${url}; do sleep 0.3; done`;
      await inClient(cluster, 'timeout', '300', 'sh', '-c', again);
    }
    const names = servers.map((pod) => pod.metadata.name);
    for (const url of [byAddress, 'http://web', 'http://web.default.svc.cluster.local']) {
      const answer = await get(url);
      assert.ok(names.includes(answer.split(' ')[0] as string), answer);
    }
    assert.match(await get('http://kubernetes.default.svc.cluster.local:443/version'), /"gitVersion"/);
    assert.match(await get('http://missing'), /Could not resolve host: missing/);
  });
}
