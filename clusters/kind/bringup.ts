/** From nothing to a cluster whose nodes are registered, step by step. */
import { randomBytes } from 'node:crypto';
import type Docker from 'dockerode';
import type { CreateOptions } from '../cluster.ts';
import { execIn, succeedIn, writeIn } from './exec.ts';
import { bootstrapToken, type KubeadmOptions, kubeadmConfig, type Machine, withoutUpstream } from './kubeadm.ts';
import { label, owner } from './labels.ts';
import { mirrorRegistries } from './mirror.ts';
import { nodeNames, scopedName } from './names.ts';
import { createNetwork, type Subnet } from './network.ts';
import { NodeContainer, nodeReady } from './node.ts';
import { chooseImage, type NodeImage } from './node-image.ts';
import { mayHaveSysResource } from './preflight/checks.ts';
import { waitFor } from './wait.ts';

/** Milliseconds. kubeadm's own patience with the control plane is 4 minutes. */
const kubeadmMs = 300_000;
const registeredMs = 60_000;

const configFile = '/kind/kubeadm.conf';

/** Makes the nodes and joins them. Rejects with the step that failed; the caller takes away what there is then. */
export async function bringUp(docker: Docker, options: CreateOptions): Promise<void> {
  const { name, nodes, progress } = options;
  const image = await chooseImage(docker, options, progress);
  progress(nodes === 1 ? 'Starting a node' : `Starting ${nodes} nodes`);
  const names = nodeNames(name, nodes);
  const subnet = await startNodes(docker, options, names, image);
  const containers = names.map((each) => docker.getContainer(each));
  const [controlPlane, ...workers] = containers as [Docker.Container, ...Docker.Container[]];
  await Promise.all(containers.map(nodeReady));
  if (options.registry !== undefined) await mirrorRegistries(containers, options.registry);

  progress('Starting Kubernetes');
  const shared: Omit<KubeadmOptions, 'node'> = {
    cluster: name,
    ...(await factsOf(controlPlane)),
    controlPlane: subnet.node(0),
    token: bootstrapToken(randomBytes),
    kubeProxy: options.kubeProxy ?? 'none',
    ...image.built,
  };
  await Promise.all(
    containers.map((each, i) => writeIn(each, configFile, kubeadmConfig({ ...shared, node: subnet.node(i) }))),
  );
  await kubeadm(controlPlane, 'init', shared.kubeProxy === 'none' ? ['preflight', 'addon/kube-proxy'] : ['preflight']);

  if (workers.length > 0) progress(workers.length === 1 ? 'Joining a worker' : `Joining ${workers.length} workers`);
  await Promise.all([
    ...workers.map((worker) => kubeadm(worker, 'join', ['preflight'])),
    // our own node image has nothing behind it that could answer; another's is on an engine that has
    ...(image.built === undefined ? [] : [isolateDns(controlPlane)]),
  ]);
  // one x for each
  const range = 'jsonpath={range .items[?(@.spec.podCIDR)]}x{end}';
  await waitFor(`${nodes} nodes to be registered, with ranges of Pod addresses`, registeredMs, async () => {
    return (await kubectl(controlPlane, 'get', 'nodes', '--output', range)).length === nodes;
  });
  // what cannot be seen from inside a node: the engine starts its container again when it has shut down (node.ts)
  await kubectl(controlPlane, 'annotate', 'nodes', '--all', 'netvet.dev/reboots=true');
}

async function startNodes(docker: Docker, options: CreateOptions, names: string[], image: NodeImage): Promise<Subnet> {
  const { name, keep, cni } = options;
  const labels = {
    [label.created]: new Date().toISOString(),
    [label.owner]: owner(),
    ...(keep === true && { [label.keep]: 'true' }),
    ...(cni !== undefined && { [label.cni]: cni }),
  };
  const subnet = await createNetwork(docker, name, labels);
  const shared = { cluster: name, image: image.reference, network: scopedName(name), labels };
  await Promise.all(
    names.map((each, i) => {
      const role = i === 0 ? 'control-plane' : 'worker';
      return new NodeContainer({ ...shared, name: each, role, address: subnet.node(i) }).start();
    }),
  );
  return subnet;
}

/** What a node finds where it is. All nodes of a cluster are on one machine. */
async function factsOf(node: Docker.Container): Promise<{ machine: Machine; kubernetes: string }> {
  const script =
    'test -e /sys/fs/cgroup/cgroup.controllers && echo 2 || echo 1; ' +
    'grep ^CapBnd: /proc/1/status; kubeadm version --output short';
  const [cgroups, capabilities = '', kubernetes = ''] = (await succeedIn(node, ['sh', '-c', script])).split('\n');
  const machine = { cgroups: cgroups === '2' ? 2 : 1, sysResource: mayHaveSysResource(capabilities) } as const;
  return { machine, kubernetes };
}

async function kubeadm(node: Docker.Container, verb: 'init' | 'join', skip: string[]): Promise<void> {
  const argv = ['kubeadm', verb, `--config=${configFile}`, `--skip-phases=${skip.join(',')}`];
  const { exitCode, stdout, stderr } = await execIn(node, argv, { timeoutMs: kubeadmMs });
  if (exitCode === 0) return;
  const { Name } = await node.inspect();
  const last = `${stdout}\n${stderr}`.trim().split('\n').slice(-8).join('\n');
  throw new Error(`kubeadm ${verb} on ${Name.slice(1)} ended with exit code ${exitCode}:\n${last}`);
}

const kubectl = (node: Docker.Container, ...argv: string[]): Promise<string> =>
  succeedIn(node, ['kubectl', '--kubeconfig', '/etc/kubernetes/admin.conf', ...argv]);

/** Takes what needs an upstream resolver out of CoreDNS's configuration, before it has started for the first time. */
async function isolateDns(node: Docker.Container): Promise<void> {
  const map = ['configmap', 'coredns', '--namespace', 'kube-system'];
  const corefile = await kubectl(node, 'get', ...map, '--output', 'jsonpath={.data.Corefile}');
  const patch = JSON.stringify({ data: { Corefile: withoutUpstream(corefile) } });
  await kubectl(node, 'patch', ...map, '--patch', patch);
}
