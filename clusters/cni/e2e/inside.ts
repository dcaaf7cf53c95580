/**
 * Brings an embedded cluster up with the CNI named in the first argument, looks around in it from a Pod, and prints what
 * it saw as one line of JSON. Started inside the namespaces of enter() by cni.e2e.ts.
 */
import { tmpdir } from 'node:os';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Exec, KubeConfig } from '@kubernetes/client-node';
import { embedded } from '../../embedded/index.ts';
import { findCni } from '../index.ts';
import { Kube, type KubeObject } from '../kube.ts';
import { isReady } from '../ready.ts';
import type { Sight } from './sight.ts';

const [name = ''] = process.argv.slice(2);
const namespace = 'default';
const patience = 60_000;
const started = performance.now();
const milliseconds = (): number => Math.round(performance.now() - started);

const loading = findCni(name);
const cluster = await embedded.create({ name: 'e2e', nodes: 3, progress: () => {}, logDirectory: tmpdir() });
const cni = await loading;
await cni.install(cluster);
await cni.ready(cluster);
const readyMs = milliseconds();
const kube = await Kube.open(cluster.kubeconfig);

/** Says its own name and the address that it was asked from. */
const server = `require('node:http').createServer((request, response) => {
  response.end(process.env.HOSTNAME + ' ' + request.socket.remoteAddress.replace('::ffff:', ''));
}).listen(8080)`;

const metadata = (object: string) => ({ name: object, namespace });
const labels = { app: 'web' };
const container = { name: 'main', image: 'node:24', command: ['node', '-e', server] };
await kube.apply([
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
]);

let pods: KubeObject[] = [];
await kube.until(`/api/v1/namespaces/${namespace}/pods`, patience, (seen) => {
  pods = seen;
  const ready = seen.filter(isReady).length;
  return ready === 4 ? [] : [`${ready} of 4 Pods are ready`];
});
const podsMs = milliseconds();
// names are answered once DNS has come up
await kube.until('/apis/apps/v1/namespaces/kube-system/deployments', patience, (deployments) =>
  deployments
    .filter(({ status }) => !status?.availableReplicas)
    .map(({ metadata: { name: waiting } }) => `${waiting} is not available`),
);
const dnsMs = milliseconds();

const config = new KubeConfig();
config.loadFromFile(cluster.kubeconfig);

/** What a command in the client's container prints, errors too. */
async function inClient(...command: string[]): Promise<string> {
  const output = new PassThrough();
  const socket = await new Exec(config).exec(namespace, 'client', 'main', command, output, output, null, false, () =>
    output.end(),
  );
  socket.onerror = () => output.end();
  return (await text(output)).trim();
}

const get = (url: string) => inClient('curl', '-sS', '--max-time', '5', url);
const service = await kube.read('v1', 'Service', 'web', namespace);
const client = pods.find((pod) => pod.metadata.name === 'client');
const servers = pods.filter((pod) => pod.metadata.name !== 'client');
const facts = (pod: KubeObject) => ({
  name: pod.metadata.name,
  node: pod['spec'].nodeName as string,
  ip: pod['status'].podIP as string,
});

const answers: Record<string, string> = {};
for (const pod of servers) answers[pod.metadata.name] = await get(`http://${pod['status'].podIP}:8080`);
// kube-proxy writes its rules at most once a second, and those of DNS when there is an endpoint to them
for (const url of [`http://${service['spec'].clusterIP}`, 'http://web'])
  await inClient('sh', '-c', `for i in $(seq 60); do curl -sS --max-time 1 ${url} && break; sleep 0.3; done`);
const sight: Sight = {
  readyMs,
  podsMs,
  dnsMs,
  client: facts(client as KubeObject),
  servers: servers.map(facts),
  direct: answers,
  byAddress: await get(`http://${service['spec'].clusterIP}`),
  byShortName: await get('http://web'),
  byFullName: await get('http://web.default.svc.cluster.local'),
  api: await get('http://kubernetes.default.svc.cluster.local:443/version'),
  missing: await get('http://missing'),
};
await cluster.delete();
console.log(JSON.stringify(sight));
