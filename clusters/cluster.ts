/** The range of Pod addresses in every cluster that netvet makes. */
export const podCidr = '10.244.0.0/16';

export type KubeProxyMode = 'none' | 'nftables' | 'iptables';

/** What a command on a node gave back. */
export interface CommandResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** A running cluster, whatever it is made of. */
export interface Cluster {
  readonly name: string;
  readonly provider: 'embedded' | 'kind' | 'existing';
  /** Path of a kubeconfig whose current context reaches the cluster as an administrator. */
  readonly kubeconfig: string;
  /** The context of the kubeconfig that is meant. Absent: its current one. */
  readonly context?: string;
  /** Runs a command in a node's own namespaces, e.g. for diagnostics. Absent where netvet has no node access. */
  run?(node: string, argv: string[], options?: { stdin?: string; timeoutMs?: number }): Promise<CommandResult>;
  /** Imports an archive of images, as `docker save` writes it, on every node. Absent where that is not possible. */
  loadImages?(archive: string): Promise<void>;
  /** Deletes the cluster. Idempotent: what is already gone is not an error. */
  delete(): Promise<void>;
}

export interface CreateOptions {
  name: string;
  /** 1 to 20. */
  nodes: number;
  /** Told about each stage of a bring-up, so that the caller can show it. */
  progress: (stage: string) => void;
  /** Where logs of a failed bring-up are written. */
  logDirectory: string;
  /** embedded only: makes watches late and lets them expire, by draws from this seed. */
  adversary?: number;
  /** Version like 1.34 or v1.34.3. Default: that of the node image that is there. kind only, like all that follows. */
  kubernetes?: string;
  /** Another node image than netvet would choose. */
  image?: string;
  /** Host (and path) of a registry that mirrors all others. */
  registry?: string;
  /** The CNI that will be installed, to be remembered with the cluster. */
  cni?: string;
  /** Installed with the control plane. Default: none. */
  kubeProxy?: KubeProxyMode;
  /** The cluster is to outlive this command: `netvet cleanup` leaves it alone. */
  keep?: boolean;
}

/** Makes clusters of one kind. The design's seam between the command line and where scenarios run. */
export interface ClusterProvider {
  create(options: CreateOptions): Promise<Cluster>;
  /** A cluster of an earlier command, if there is one of that name. Absent where clusters end with their command. */
  open?(name: string): Promise<Cluster | undefined>;
  list(): Promise<{ name: string; nodes: number; createdAt: string; cni?: string }[]>;
  delete(name: string): Promise<void>;
}
