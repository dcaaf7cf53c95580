/** The CNI specification's data, as a runtime handles it: https://www.cni.dev/docs/spec/ (1.1.0). */

export interface PluginConfig {
  type: string;
  capabilities?: Record<string, boolean>;
  [key: string]: unknown;
}

/** A conflist, or a single configuration made into a list of one. */
export interface NetworkConfig {
  cniVersion: string;
  name: string;
  disableGC: boolean;
  plugins: PluginConfig[];
  /** The file's bytes: they go into the result cache, and tell one version of the configuration from the next. */
  source: string;
}

export interface CniResult {
  cniVersion?: string;
  interfaces?: { name: string }[];
  ips?: { address: string; interface?: number }[];
  [key: string]: unknown;
}

/** What tells attachments of one network apart. */
export type AttachmentId = Pick<Attachment, 'containerId' | 'ifname'>;

/** One Pod sandbox on the network. */
export interface Attachment {
  containerId: string;
  ifname: string;
  /** Path as the node sees it. */
  netns: string;
  pod: { namespace: string; name: string; uid: string };
  /** By capability name; only those that a plugin declares reach it. */
  capabilities: Record<string, unknown>;
}

/** CNI_ARGS as containerd sends them: internal/cri/server/sandbox_run.go, cniNamespaceOpts. */
export const argumentsOf = ({ pod, containerId }: Attachment): [string, string][] => [
  ['IgnoreUnknown', '1'],
  ['K8S_POD_NAMESPACE', pod.namespace],
  ['K8S_POD_NAME', pod.name],
  ['K8S_POD_INFRA_CONTAINER_ID', containerId],
  ['K8S_POD_UID', pod.uid],
];

/** What a plugin said, or that it could not be run. `code` as in the specification's table; 0: no error object. */
export class CniError extends Error {
  readonly code: number;
  constructor(message: string, code = 0) {
    super(message);
    this.name = 'CniError';
    this.code = code;
  }
}

/** Versions of the CNI specification that this runtime speaks. */
const spoken = ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'];

export const atLeast = (version: string, floor: string): boolean => spoken.indexOf(version) >= spoken.indexOf(floor);

/** The newest of the offered versions that is spoken here. */
export const newestCommon = (offered: string[]): string | undefined =>
  spoken.findLast((version) => offered.includes(version));
