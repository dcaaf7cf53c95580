/** The Node object: what a kubelet registers, and its Ready condition. */
import { availableParallelism, release, totalmem } from 'node:os';
import { timestamp } from '../api/storage/metadata.ts';
import type { Condition } from '../kinds.ts';
import type { Node } from '../node/index.ts';
import type { Objects } from '../objects.ts';
import { networkNotReady } from './network.ts';

/** The release whose behaviour is imitated. */
const kubernetesVersion = 'v1.34.3';

function conditions(problem: string | undefined, old: Condition[] = []): Condition[] {
  const now = timestamp();
  const all: [string, 'True' | 'False', string, string][] = [
    ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
    ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
    ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
    problem === undefined
      ? ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status']
      : ['Ready', 'False', 'KubeletNotReady', networkNotReady(problem)],
  ];
  return all.map(([type, status, reason, message]) => {
    const before = old.find((each) => each.type === type && each.status === status);
    const lastTransitionTime = before?.lastTransitionTime ?? now;
    return { type, status, reason, message, lastHeartbeatTime: now, lastTransitionTime };
  });
}

const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
const notReadyTaint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

/** Makes the Node object, tainted until its network works. */
export function registerNode(objects: Objects, { name, address }: Node, maxPods: number): void {
  const memory = `${Math.floor(totalmem() / 1024)}Ki`;
  const capacity = { cpu: String(availableParallelism()), memory, pods: String(maxPods) };
  const node = objects.create({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': architecture },
    },
    spec: { taints: [notReadyTaint] },
  });
  objects.updateStatus({
    ...node,
    status: {
      capacity,
      allocatable: capacity,
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: name },
      ],
      conditions: conditions('cni plugin not initialized'),
      nodeInfo: {
        architecture,
        bootID: '',
        containerRuntimeVersion: 'netvet://embedded',
        kernelVersion: release(),
        kubeProxyVersion: '',
        kubeletVersion: kubernetesVersion,
        machineID: name,
        operatingSystem: 'linux',
        osImage: 'embedded',
        systemUUID: name,
      },
    },
  });
}

/** Writes the Ready condition and the taint that belongs to it. `problem`: why the Pod network does not work. */
export function reportNetwork(objects: Objects, { name }: Node, problem: string | undefined): void {
  const node = objects.get('Node', undefined, name);
  if (!node) return; // somebody deleted it: it stays deleted
  const status = { conditions: conditions(problem, node['status']?.conditions) };
  objects.patch('Node', undefined, name, { status }, 'status');
  const others = ((node['spec']?.taints ?? []) as { key: string; effect: string }[]).filter(
    ({ key, effect }) => key !== notReadyTaint.key || effect !== notReadyTaint.effect,
  );
  objects.patch('Node', undefined, name, {
    spec: { taints: problem === undefined ? others : [...others, notReadyTaint] },
  });
}
