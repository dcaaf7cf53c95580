import type { Cluster, KubeProxyMode } from '../cluster.ts';
import type { OwnImages } from '../offline/images/cni.ts';

/** A CNI that netvet can install. Every one is pinned: version, source of its manifests or binaries, images. */
export interface Cni {
  readonly name: string;
  readonly version: string;
  /** Programs of scripts/tool.sh that it installs: made before the cluster, inside of which nothing can be fetched. */
  readonly programs: string[];
  /** Images that its Pods run, by full name: what a cluster without a registry must be given. */
  readonly images: string[];
  /** The kube-proxy that it needs, by mode. 'none': it does Services itself. */
  readonly kubeProxy: KubeProxyMode;
  /** Whether it has been run: 'here', or 'not here: ' and why; then it follows its release's documents, untried. */
  readonly runs: 'here' | `not here: ${string}`;
  /** Its images as netvet builds them for clusters without a registry. Absent: netvet builds none of them. */
  readonly ownImages?: OwnImages;
  /** Fetches what cannot be fetched later: manifests and charts. Called before the cluster is made. */
  prepare?(): Promise<void>;
  /** Installs it on a cluster that has none. Returns once everything is applied, not once it is ready. */
  install(cluster: Cluster): Promise<void>;
  /** Resolves when every node is Ready with it; rejects with what is missing when the time is up. */
  ready(cluster: Cluster): Promise<void>;
  /** Commands to run on each node when something failed: title -> argv. */
  diagnostics(): Record<string, string[]>;
}
