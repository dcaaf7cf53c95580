/**
 * The process that is an embedded cluster. index.ts starts it inside the namespaces of enter(), with the ClusterTask as
 * JSON. It tells its parent what happens (Report) and ends when told to or when the parent is gone; then every node
 * ends.
 */
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { adversaryOf, createStore, serveApi } from './api/index.ts';
import { bootstrap, startControllers } from './controllers/index.ts';
import { type Kubelet, limiter, startKubelet } from './kubelet/index.ts';
import { createNode, createUnderlay, deleteUnderlay, underlay } from './node/index.ts';

export interface ClusterTask {
  name: string;
  nodes: number;
  /** On a tmpfs that dies with the namespaces. */
  directory: string;
  /** The seed of what makes watches late, and of where Pods are placed among equal nodes. */
  adversary?: number | undefined;
}

export type Report =
  | { kind: 'stage'; stage: string }
  | { kind: 'ready'; kubeconfig: string; nodes: { name: string; pid: number }[] }
  | { kind: 'failed'; message: string };

const apiPort = 6443;
const dns = { server: '10.96.0.10', domain: 'cluster.local' };
/** Room for 62 Pods on each of several nodes, for 126 on few: addresses come around again within a scenario. */
const podNetwork = (nodes: number) => ({ podCidr: '10.244.0.0/16', nodeMask: nodes < 3 ? 25 : 26 });

/** More at once only make each other wait: two processors share the work of all nodes. */
const startsAtOnce = 4 * availableParallelism();

const tell = (report: Report) => process.send?.(report);

function kubeconfig(name: string, server: string): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    // @kubernetes/client-node refuses plain HTTP without it
    clusters: [{ name, cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'admin', user: {} }],
    contexts: [{ name, context: { cluster: name, user: 'admin' } }],
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

async function start({ name, nodes: count, directory, adversary }: ClusterTask): Promise<() => Promise<void>> {
  // what a cluster left that was killed
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  await deleteUnderlay();
  const store = createStore({ adversary: adversary === undefined ? undefined : adversaryOf(adversary) });
  const kubelets = new Map<string, Kubelet>();
  const network = podNetwork(count);
  // no more than there are addresses for
  const maxPods = Math.min(110, 2 ** (32 - network.nodeMask) - 2);

  tell({ kind: 'stage', stage: 'Starting the API server' });
  await createUnderlay();
  const api = await serveApi({ store, kubelets: (node) => kubelets.get(node), host: underlay.address, port: apiPort });
  bootstrap(store, { host: underlay.address, port: api.port });
  const stopControllers = startControllers(store, { ...network, seed: adversary ?? 1 });

  tell({ kind: 'stage', stage: `Making ${count} ${count === 1 ? 'node' : 'nodes'}` });
  const starting = limiter(startsAtOnce);
  const made = Array.from({ length: count }, async (_, index) => {
    const node = await createNode(index, join(directory, 'nodes'));
    // without its first process a node is nothing: rather no cluster than one that lies
    node.onDeath(() => fail(new Error(`node ${node.name} died`)));
    kubelets.set(node.name, startKubelet({ objects: store, node, dns, starting, maxPods }));
    return node;
  });
  // when one fails, the others are ended
  const results = await Promise.allSettled(made);
  const nodes = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const stopNodes = () => Promise.all(nodes.map((node) => node.stop()));
  if (nodes.length < count) await stopNodes();
  await Promise.all(made);

  const path = join(directory, 'kubeconfig');
  writeFileSync(path, kubeconfig(name, api.url));
  chmodSync(path, 0o600);
  tell({ kind: 'ready', kubeconfig: path, nodes: nodes.map((node) => ({ name: node.name, pid: node.pid })) });

  return async () => {
    stopControllers();
    for (const kubelet of kubelets.values()) kubelet.stop();
    await stopNodes();
    await api.close();
    await deleteUnderlay();
    rmSync(directory, { recursive: true, force: true });
  };
}

/** Reported, and the end: what is half there must not be taken for a cluster. */
function fail(error: unknown): never {
  console.error(error);
  tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  process.exit(1);
}

process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
// Ctrl-C is for whoever started the cluster: it decides
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});

let stop = async () => {};
const end = () => void stop().then(() => process.exit(0), fail);
process.once('SIGTERM', end);
process.once('disconnect', end);
stop = await start(JSON.parse(process.argv[2] as string) as ClusterTask).catch(fail);
