import { isIPv6 } from 'node:net';
import { parseCIDR } from '../model/cidr.ts';
import { namesIn, readIfThere } from './node.ts';

/** The agent's settings: environment variables, because that is what a DaemonSet has. */
export interface Config {
  nodeName: string;
  /** http or https URL. Never the `kubernetes` Service's address: the agent is what makes that work. */
  apiServer: string;
  fabric: 'auto' | 'vxlan';
  /** Name of a deliberate fault, see reference/mutants. Empty: none. */
  mutant: string;
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

/**
 * Reads the settings; throws one error that names everything wrong with them, each with its right form. `mutants`: the
 * names that NETVET_MUTANT may have.
 */
export function readConfig(env: Record<string, string | undefined>, here: string, mutants: string[] = []): Config {
  const problems: string[] = [];
  /** A setting as it is given, or what holds without it. `form`: what it has to be. */
  const text = (name: string, otherwise: string, form: string, isRight: (value: string) => boolean): string => {
    const value = env[name] ?? otherwise;
    if (!isRight(value)) problems.push(`${name} is ${JSON.stringify(value)}: it has to be ${form}`);
    return value;
  };
  const number = (name: string, otherwise: number, unit: string, low: number, high: number): number => {
    const isRight = (value: string) => /^\d{1,9}$/.test(value) && Number(value) >= low && Number(value) <= high;
    return Number(text(name, String(otherwise), `${unit}, a whole number from ${low} to ${high}`, isRight));
  };

  const ownPlugin = `${here}/netvet-cni`;
  const isReadable = (file: string) => file === ownPlugin || readIfThere(file) !== undefined;
  const nodeName = text('NODE_NAME', '', "this Node object's name", (value) => /^[a-z0-9][a-z0-9.-]*$/.test(value));
  const hostRoot = text('NETVET_HOST_ROOT', usualRoot, "the directory of the node's files, from / on", isDirectory);
  let apiServer = env.NETVET_API_SERVER ?? '';
  try {
    apiServer ||= kubeletServer(hostRootOf(env));
    if (!isServer(apiServer)) problems.push(`the API server is ${JSON.stringify(apiServer)}: ${serverForm}`);
  } catch (error) {
    problems.push((error as Error).message);
  }
  const config: Config = {
    nodeName,
    apiServer,
    fabric: text('NETVET_FABRIC', 'auto', '"auto" or "vxlan"', isFabric) as Config['fabric'],
    mutant: text('NETVET_MUTANT', '', `one of ${mutants.join(', ')}`, (one) => ['', ...mutants].includes(one)),
    hostPrefix: words(
      text('NETVET_HOST_PREFIX', 'nsenter -t 1 -m -n --', 'words without quotes', (value) => !/["'`\\]/.test(value)),
    ),
    hostRoot: hostRootOf({ NETVET_HOST_ROOT: hostRoot }),
    pluginFile: text('NETVET_PLUGIN_FILE', ownPlugin, 'a file that can be read', isReadable),
    healthPort: number('NETVET_HEALTH_PORT', 9098, 'a port', 1, 65_535),
    // a timer of Node takes 24 days at the most, and anything else for a millisecond
    resyncMs: number('NETVET_RESYNC_MS', 30_000, 'milliseconds', 100, 86_400_000),
    clusterCidrs: words(
      text('NETVET_CLUSTER_CIDRS', '', 'address ranges as 10.244.0.0/16', (value) => words(value).every(isRange)),
    ),
  };
  if (problems.length > 0) throw new Error(`the agent's environment is not usable: ${problems.join('; ')}`);
  return config;
}

const usualRoot = '/proc/1/root';
const serverForm =
  'NETVET_API_SERVER has to be an http or https URL of a host and port without a path, as https://10.0.0.1:6443';

const isFabric = (value: string) => value === 'auto' || value === 'vxlan';

const isDirectory = (path: string) => /^(\/|$)/.test(path) && namesIn(`${path}/`).length > 0;

/** A path would be lost: the agent's own paths begin at the root. */
function isServer(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, pathname, search } = new URL(value);
  return /^https?:\/\/./.test(value) && /^https?:$/.test(protocol) && pathname === '/' && search === '';
}

/** IPv6 is right too, and not for netvet: a cluster may have both. */
function isRange(value: string): boolean {
  const [address = '', length = ''] = value.split('/');
  if (!isIPv6(address)) return parseCIDR(value) !== undefined;
  return /^\d{1,3}$/.test(length) && Number(length) <= 128 && value === `${address}/${length}`;
}

/** A container that shares the node's process IDs reaches the node's files through its first process. */
export function hostRootOf(env: Record<string, string | undefined>): string {
  return (env.NETVET_HOST_ROOT ?? usualRoot).replace(/\/+$/, '');
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
