import { bootId, startTimeOf } from '../machine.ts';

/** How what netvet made in an engine is told from everything else there: by these labels and nothing else. */
export const label = {
  /** On containers, networks and volumes: the cluster that they are part of. */
  cluster: 'netvet.cluster',
  /** On nodes: control-plane or worker. */
  role: 'netvet.role',
  /** On nodes: when the cluster was made, ISO 8601. */
  created: 'netvet.created',
  /** On nodes: the CNI that the cluster was made for. */
  cni: 'netvet.cni',
  /** On nodes, networks and containers that build: the process that made them (owner()). */
  owner: 'netvet.owner',
  /** On nodes and networks: `true` where the cluster is to outlive its command. */
  keep: 'netvet.keep',
  /** On images, and so on their containers: a hash of what they were made of. */
  build: 'netvet.build',
  /** On a container that an image is made of: `running`, and in the image `done`. */
  builder: 'netvet.builder',
  /** On node images: versions of what kubeadm starts. */
  kubernetes: 'netvet.kubernetes',
  etcd: 'netvet.etcd',
  coredns: 'netvet.coredns',
} as const;

/** This process, as a label's value. */
export const owner = (): string => `${process.pid}:${startTimeOf('self')}:${bootId()}`;

/** Whether the process of an owner label still runs. One of another machine, or of no form at all, does not. */
export function isRunning(value: string): boolean {
  const [pid = '', start, boot] = value.split(':');
  return /^\d+$/.test(pid) && start !== undefined && boot === bootId() && startTimeOf(pid) === start;
}
