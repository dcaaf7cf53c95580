/** From nothing to a cluster whose nodes are registered, step by step. */
import { randomBytes } from 'node:crypto';
import type Docker from 'dockerode';
import type { CreateOptions } from '../cluster.ts';
import { isolateDns, nodesWithRange, sayThatNodesReboot } from './addons.ts';
import { execIn, succeedIn } from './exec.ts';
import { chooseImage, type NodeImage } from './node-image/index.ts';
import { bootstrapToken, type KubeadmOptions, kubeadmConfig, type Machine } from './kubeadm.ts';
import { label } from './labels.ts';
import { mirrorRegistries } from './mirror.ts';
import { networkName, nodeNames } from './names.ts';
import { createNetwork, type Subnet } from './network.ts';
import { NodeContainer, nodeReady } from './node.ts';
import { owner } from './owner.ts';
import { waitFor } from './wait.ts';

/** Milliseconds. kubeadm's own patience with the control plane is 4 minutes. */
const kubeadmMs = 300_000;
const registeredMs = 60_000;

const configFile = '/kind/kubeadm.conf';

/** Makes the nodes and joins them. Rejects half-way with the step that failed; taking away what there is then is the caller's. */
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
  const { machine, kubernetes } = await factsOf(controlPlane);
  const shared: Omit<KubeadmOptions, 'node'> = {
    cluster: name,
    kubernetes,
    machine,
    controlPlane: subnet.node(0),
    token: bootstrapToken(randomBytes),
    kubeProxy: options.kubeProxy ?? 'none',
    etcdTag: image.built?.etcdTag,
    dnsTag: image.built?.dnsTag,
  };
  await Promise.all(
    containers.map((container, i) =>
      succeedIn(container, ['sh', '-c', 'mkdir -p "$(dirname "$1")" && cat >"$1"', 'sh', configFile], {
        stdin: kubeadmConfig({ ...shared, node: subnet.node(i) }),
      }),
    ),
  );
  await kubeadm(controlPlane, 'init', shared.kubeProxy === 'none' ? ['preflight', 'addon/kube-proxy'] : ['preflight']);

  if (workers.length > 0) progress(workers.length === 1 ? 'Joining a worker' : `Joining ${workers.length} workers`);
  await Promise.all([
    ...workers.map((worker) => kubeadm(worker, 'join', ['preflight'])),
    // our own node image has nothing behind it that could answer; another's is on an engine that has
    ...(image.built === undefined ? [] : [isolateDns(controlPlane)]),
  ]);
  await waitFor(`${nodes} registered nodes`, registeredMs, async () => {
    return (await nodesWithRange(controlPlane)).length === nodes;
  });
  await sayThatNodesReboot(controlPlane);
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
  await Promise.all(
    names.map((each, i) =>
      new NodeContainer({
        cluster: name,
        name: each,
        role: i === 0 ? 'control-plane' : 'worker',
        image: image.reference,
        network: networkName(name),
        address: subnet.node(i),
        labels,
      }).start(),
    ),
  );
  return subnet;
}

/** What a node finds where it is. All nodes of a cluster are on one machine. */
async function factsOf(node: Docker.Container): Promise<{ machine: Machine; kubernetes: string }> {
  const script =
    "test -e /sys/fs/cgroup/cgroup.controllers && echo 2 || echo 1; awk '/^CapBnd:/ { print $2 }' /proc/1/status; kubeadm version --output short";
  const [cgroups, capabilities, kubernetes = ''] = (await succeedIn(node, ['sh', '-c', script])).trim().split('\n');
  const sysResource = ((BigInt(`0x${capabilities}`) >> 24n) & 1n) === 1n;
  return { machine: { cgroups: cgroups === '2' ? 2 : 1, sysResource }, kubernetes };
}

async function kubeadm(node: Docker.Container, verb: 'init' | 'join', skip: string[]): Promise<void> {
  const argv = ['kubeadm', verb, `--config=${configFile}`, `--skip-phases=${skip.join(',')}`];
  const { exitCode, stdout, stderr } = await execIn(node, argv, { timeoutMs: kubeadmMs });
  if (exitCode === 0) return;
  const { Name } = await node.inspect();
  const last = `${stdout}\n${stderr}`.trim().split('\n').slice(-8).join('\n');
  throw new Error(`kubeadm ${verb} on ${Name.slice(1)} ended with exit code ${exitCode}:\n${last}`);
}
