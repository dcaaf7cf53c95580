/**
 * The cluster's DNS server, the program of the image `netvet/dns`. It listens on port 53 once it has read everything
 * that there is, so that a connection to the port means ready. NETVET_API_SERVER (or KUBERNETES_SERVICE_HOST and _PORT)
 * says where the API is.
 */
import { Cluster, type Kind } from './directory.ts';
import { serve } from './server.ts';
import { follow } from './watch.ts';

const {
  NETVET_API_SERVER,
  KUBERNETES_SERVICE_HOST,
  KUBERNETES_SERVICE_PORT = '443',
  NETVET_DNS_PORT = '53',
} = process.env;
const api = NETVET_API_SERVER ?? `http://${KUBERNETES_SERVICE_HOST}:${KUBERNETES_SERVICE_PORT}`;

const paths: [Kind, string][] = [
  ['Namespace', '/api/v1/namespaces'],
  ['Service', '/api/v1/services'],
  ['EndpointSlice', '/apis/discovery.k8s.io/v1/endpointslices'],
];

const cluster = new Cluster();
const end = new AbortController();
process.once('SIGTERM', () => end.abort()).once('SIGINT', () => end.abort());

// each resolves when its objects are known for the first time
await Promise.all(
  paths.map(
    ([kind, path]) => new Promise<void>((known) => void follow(cluster, kind, `${api}${path}`, known, end.signal)),
  ),
);
const { port, close } = await serve(cluster, Number(NETVET_DNS_PORT));
console.log(`answering on port ${port}, ${Math.round(performance.now())} ms after the start`);
if (end.signal.aborted) close();
else end.signal.addEventListener('abort', close);
