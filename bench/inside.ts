/** The part of `npm run bench` that runs inside the namespaces. Its one argument: paths of plugins by name, as JSON. */
import { tmpdir } from 'node:os';
import { CoreV1Api, KubeConfig, type V1Pod, Watch } from '@kubernetes/client-node';
import { bringUp } from '../cli/bringup.ts';
import { createProgress } from '../cli/progress.ts';
import type { Cluster } from '../clusters/cluster.ts';
import { type Sample, table } from './table.ts';

const node = 'node1';
const peers = JSON.parse(process.argv[2] as string) as Record<string, string>;
const options = {
  ...({ provider: 'embedded', name: 'bench', cni: 'reference', nodes: 3, keep: false, reuse: false } as const),
  mark: 'bench',
  report: tmpdir(),
};
const progress = createProgress({ stream: process.stderr });

const up: Sample = { name: 'cluster of 3 nodes, from nothing to Ready', milliseconds: [] };
for (let i = 0; i < 5; i += 1) {
  const began = performance.now();
  const cluster = await bringUp(options, progress);
  up.milliseconds.push(performance.now() - began);
  await cluster.delete();
}

const cluster = await bringUp(options, progress);
progress.stage('50 Pods, one after the other');
const pods = await podReady(cluster, 50);
progress.stage('CNI ADD and DEL, 50 each, in turns');
const cni = await cniAddAndDel(cluster, peers, 50);
progress.end();
await cluster.delete();

console.log(table([up, pods, ...cni]));

function isReady({ status }: V1Pod): boolean {
  return status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') === true;
}

/** API create -> a watch says Ready, for Pods with one container that runs Node, one after the other. */
async function podReady(cluster: Cluster, count: number): Promise<Sample> {
  const config = new KubeConfig();
  config.loadFromFile(cluster.kubeconfig);
  const api = config.makeApiClient(CoreV1Api);
  const waiting = new Map<string, () => void>();
  const watch = await new Watch(config).watch(
    '/api/v1/namespaces/default/pods',
    {},
    (_type, pod: V1Pod) => {
      if (isReady(pod)) waiting.get(pod.metadata?.name ?? '')?.();
    },
    () => {},
  );
  const milliseconds: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const name = `bench-${i}`;
    const ready = new Promise<void>((resolve) => waiting.set(name, resolve));
    const command = ['node', '-e', "require('node:http').createServer().listen(80)"];
    const began = performance.now();
    await api.createNamespacedPod({
      namespace: 'default',
      body: {
        metadata: { name },
        spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'node', image: 'node:24', command }] },
      },
    });
    await ready;
    milliseconds.push(performance.now() - began);
    await api.deleteNamespacedPod({ name, namespace: 'default' });
  }
  watch.abort();
  return { name: 'Pod with a Node container, API create to Ready', milliseconds };
}

interface Plugin {
  name: string;
  path: string;
  search: string;
  config: object;
}

/** ADD and DEL of each plugin on the same node, in turns, each into a fresh network namespace, as a runtime does it. */
async function cniAddAndDel(cluster: Cluster, peers: Record<string, string>, count: number): Promise<Sample[]> {
  const run = cluster.run?.bind(cluster);
  if (run === undefined) return [];
  const search = '/opt/cni/bin';
  const own = { cniVersion: '1.1.0', name: 'netvet', type: 'netvet-cni' };
  const plugins: Plugin[] = [{ name: 'reference', path: `${search}/netvet-cni`, search, config: own }];
  if (peers['ptp'] && peers['host-local']) {
    // the plugin looks its IPAM up by name
    await run(node, ['mkdir', '-p', '/run/bench']);
    await run(node, ['ln', '-sf', peers['host-local'], '/run/bench/host-local']);
    const ipam = { type: 'host-local', ranges: [[{ subnet: '10.200.0.0/16' }]], routes: [{ dst: '0.0.0.0/0' }] };
    const config = { cniVersion: '1.0.0', name: 'bench-ptp', type: 'ptp', ipam };
    plugins.push({ name: 'ptp + host-local', path: peers['ptp'], search: '/run/bench', config });
  }

  const samples = new Map<string, Sample>();
  const timed = async (plugin: Plugin, command: 'ADD' | 'DEL', i: number) => {
    const container = [`CNI_CONTAINERID=bench-${i}`, `CNI_NETNS=/run/netns/bench-${i}`, 'CNI_IFNAME=eth0'];
    const env = [`CNI_COMMAND=${command}`, ...container, `CNI_PATH=${plugin.search}`, 'CNI_ARGS=IgnoreUnknown=1'];
    const argv = ['env', ...env, plugin.path];
    const began = performance.now();
    const result = await run(node, argv, { stdin: JSON.stringify(plugin.config) });
    const name = `CNI ${command}, ${plugin.name}`;
    if (result.exitCode !== 0) throw new Error(`${name}: ${result.stdout || result.stderr}`);
    const sample = samples.get(name) ?? { name, milliseconds: [] };
    samples.set(name, sample);
    sample.milliseconds.push(performance.now() - began);
  };
  for (let i = 0; i < count; i += 1) {
    for (const plugin of plugins) {
      await run(node, ['ip', 'netns', 'add', `bench-${i}`]);
      await timed(plugin, 'ADD', i);
      await timed(plugin, 'DEL', i);
      await run(node, ['ip', 'netns', 'del', `bench-${i}`]);
    }
  }
  return [...samples.values()];
}
