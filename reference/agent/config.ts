import { readIfThere } from './node.ts';

/** The agent's settings: environment variables, because that is what a DaemonSet has. */
export interface Config {
  nodeName: string;
  /** http or https URL. Never the `kubernetes` Service's address: the agent is what makes that work. */
  apiServer: string;
  fabric: 'auto' | 'vxlan';
  /** Name of a deliberate fault, see reference/mutants. */
  mutant: string | undefined;
  /** Goes before every command: brings a command from the agent's container to the node. */
  hostPrefix: string[];
  /** Where the node's files are for the agent's own file system calls. No slash at the end; empty for `/`. */
  hostRoot: string;
  /** Directory of the plugin script that comes with the agent. */
  pluginFile: string;
  /** On 127.0.0.1. */
  healthPort: number;
  /** Others can change links, routes, tables and settings: everything is compared with the kernel this often. */
  resyncMs: number;
  /** The address ranges of all Pods, where the nodes' ranges are not all of them. */
  clusterCidrs: string[];
}

/** Reads the settings; throws one error that names everything wrong with them. */
export function readConfig(env: Record<string, string | undefined>, here: string): Config {
  const problems: string[] = [];
  const nodeName = env.NODE_NAME ?? '';
  if (nodeName === '') problems.push('NODE_NAME is missing: the name of this Node object');
  let apiServer = env.NETVET_API_SERVER ?? '';
  try {
    apiServer ||= kubeletServer(hostRootOf(env));
    if (!/^https?:\/\/./.test(apiServer)) problems.push('NETVET_API_SERVER is no http or https URL');
  } catch (error) {
    problems.push((error as Error).message);
  }
  const fabric = env.NETVET_FABRIC ?? 'auto';
  if (fabric !== 'auto' && fabric !== 'vxlan') problems.push(`NETVET_FABRIC is "auto" or "vxlan", not "${fabric}"`);
  const healthPort = Number(env.NETVET_HEALTH_PORT ?? 9098);
  if (!Number.isInteger(healthPort) || healthPort < 0 || healthPort > 65535)
    problems.push('NETVET_HEALTH_PORT is no port');
  if (problems.length > 0) throw new Error(`the agent's environment is not usable: ${problems.join('; ')}`);
  return {
    nodeName,
    apiServer,
    fabric: fabric as Config['fabric'],
    mutant: env.NETVET_MUTANT || undefined,
    hostPrefix: words(env.NETVET_HOST_PREFIX ?? 'nsenter -t 1 -m -n --'),
    hostRoot: hostRootOf(env),
    pluginFile: env.NETVET_PLUGIN_FILE ?? `${here}/netvet-cni`,
    healthPort,
    resyncMs: Number(env.NETVET_RESYNC_MS ?? 30_000),
    clusterCidrs: words(env.NETVET_CLUSTER_CIDRS ?? ''),
  };
}

/** A container that shares the node's process IDs reaches the node's files through its first process. */
export function hostRootOf(env: Record<string, string | undefined>): string {
  return (env.NETVET_HOST_ROOT ?? '/proc/1/root').replace(/\/+$/, '');
}

const words = (text: string) => text.split(/[\s,]+/).filter((word) => word !== '');

/** Where a node's kubelet has its kubeconfig: with kubeadm, on managed and on k3s' nodes. The first one is taken. */
const kubeconfigs = [
  '/etc/kubernetes/kubelet.conf',
  '/var/lib/kubelet/kubeconfig',
  '/etc/kubernetes/kubeconfig',
  '/var/lib/rancher/k3s/agent/kubelet.kubeconfig',
  '/var/lib/rancher/rke2/agent/kubelet.kubeconfig',
];

/**
 * URL of the API server as the node's own kubelet reaches it: a load balancer where there are several servers, and in
 * any case not the `kubernetes` Service, which nobody reaches before there is an agent. Throws with what it looked for.
 */
export function kubeletServer(hostRoot: string): string {
  for (const path of kubeconfigs) {
    const server = serverIn(readIfThere(hostRoot + path));
    if (server !== undefined) return server;
  }
  const looked = `no kubeconfig of the kubelet names a server: looked into ${kubeconfigs.join(', ')}`;
  throw new Error(`NETVET_API_SERVER is not set, and ${looked}`);
}

/** A kubelet's kubeconfig knows one cluster, so its YAML (or JSON) has one `server`. */
const serverIn = (text: string | undefined): string | undefined =>
  /(?:^|[\s{,])"?server"?:\s*["']?(https?:\/\/[^\s"',}]+)/m.exec(text ?? '')?.[1];
