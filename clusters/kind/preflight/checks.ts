/** What a cluster needs of its engine and its machine: pure functions of what was found there. */

/** What was found of one thing that a cluster needs. */
export interface Finding {
  /** missing: a cluster cannot work; limited: it works with less, or perhaps. */
  level: 'good' | 'missing' | 'limited';
  name: string;
  /** What is there, as a sentence or a part of one. */
  found: string;
  /** What to type. Only when not good. */
  remedy?: string;
}

export const good = (name: string, found: string): Finding => ({ level: 'good', name, found });

/** What is read of what the engine says of itself (`docker info` and `docker version`), under its own names. */
export interface EngineFacts {
  host: string;
  ApiVersion: string;
  ServerVersion: string;
  MemTotal: number;
  DockerRootDir?: string;
  /** Old engines do not say: version 1. */
  CgroupVersion?: string;
  SecurityOptions?: string[] | null;
  DefaultRuntime?: string;
}

/** Nodes' systemd needs cgroup namespaces of containers, which came with Docker 20.10: version 1.41 of its API. */
export function engineVersion({ host, ApiVersion, ServerVersion }: EngineFacts): Finding {
  const name = 'engine';
  const found = `${ServerVersion} (API ${ApiVersion}) at ${host}`;
  const [major = 0, minor = 0] = ApiVersion.split('.').map(Number);
  if (major > 1 || (major === 1 && minor >= 41)) return good(name, found);
  const remedy = 'upgrade to Docker 20.10 or Podman 4, or newer';
  return { level: 'missing', name, found: `${found} is too old: nodes need cgroup namespaces of their own`, remedy };
}

export function cgroups({ CgroupVersion }: EngineFacts): Finding {
  if (CgroupVersion === '2') return good('cgroups', 'version 2');
  return {
    level: 'limited',
    name: 'cgroups',
    found: 'version 1, which Kubernetes has given up from 1.35 on; the node image that netvet builds still runs on it',
    remedy: 'boot with systemd.unified_cgroup_hierarchy=1 for version 2, or use: netvet cluster image build',
  };
}

export function rootless({ SecurityOptions }: EngineFacts): Finding {
  if (!SecurityOptions?.some((option) => option.includes('rootless'))) return good('rights', 'the engine runs as root');
  return {
    level: 'limited',
    name: 'rights',
    found: 'the engine runs rootless, where nodes cannot load kernel modules or set the sysctls of the machine',
    remedy: 'if a cluster does not come up, use an engine that runs as root',
  };
}

/**
 * Whether the bounding set in a /proc/PID/status has CAP_SYS_RESOURCE, which some sandboxes withhold. Its number is in
 * https://github.com/torvalds/linux/blob/master/include/uapi/linux/capability.h
 */
export function mayHaveSysResource(status: string): boolean {
  const set = /^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0';
  return ((BigInt(`0x${set}`) >> 24n) & 1n) === 1n;
}

/** `has`: whether processes of this machine can have the capability. A privileged container asks for all there are. */
export function sysResource({ DefaultRuntime }: EngineFacts, has: boolean): Finding {
  const name = 'CAP_SYS_RESOURCE';
  if (has) return good(name, 'can be had');
  if (DefaultRuntime === 'netvet') return good(name, "cannot be had here; netvet's own engine does without");
  return {
    level: 'missing',
    name,
    found: 'this machine withholds it, and so the engine refuses privileged containers ("unable to apply caps")',
    remedy:
      "use netvet's own engine, which does without: unset DOCKER_HOST, stop the other engine, sudo netvet engine start",
  };
}

const proxies = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'];

/** Kubernetes clients ask an API server through a proxy that is set, and that one knows no cluster of this machine. */
export function proxy(env: NodeJS.ProcessEnv): Finding {
  const set = proxies.filter((name) => env[name]);
  const exempt = (env['NO_PROXY'] ?? env['no_proxy'] ?? '').split(',').map((part) => part.trim());
  if (set.length === 0) return good('proxy', 'none in the environment');
  if (exempt.some((part) => part === '*' || part === '10.0.0.0/8' || part.startsWith('10.201.'))) {
    return good('proxy', `${set.join(', ')}, and clusters are exempt`);
  }
  return {
    level: 'limited',
    name: 'proxy',
    found: `${set.join(', ')} would be asked for clusters of this machine, which it does not know`,
    remedy: 'export NO_PROXY=10.0.0.0/8,localhost,127.0.0.1 no_proxy=10.0.0.0/8,localhost,127.0.0.1',
  };
}

/** Feature -> a command that works in a fresh network namespace where the kernel has it, or can load it. */
export const kernelFeatures: Record<string, string> = {
  nf_tables: 'nft add table inet probe',
  'nf_tables NAT': "nft add table ip nat0 && nft add chain ip nat0 c '{ type nat hook postrouting priority 100; }'",
  veth: 'ip link add probe0 type veth peer name probe1',
  bridge: 'ip link add bridge0 type bridge',
  vxlan: 'ip link add vxlan0 type vxlan id 7 dstport 4789',
};

/** `lacking`: names of features, as far as could be found out. `overlay`: whether /proc/filesystems has it. */
export function kernel(lacking: string[], overlay: boolean): Finding {
  const name = 'kernel features';
  const all = [...(overlay ? [] : ['overlay']), ...lacking];
  if (all.length === 0) return good(name, 'overlay, nf_tables, veth, bridge, vxlan');
  // modules may be loaded by root only, and the engine is root where this is not
  const remedy = 'sudo modprobe -a overlay nf_tables nft_chain_nat veth bridge vxlan (where they are modules)';
  return { level: 'limited', name, found: `not there: ${all.join(', ')}`, remedy };
}

/** A kubelet takes a dozen, systemd and containerd some more, and a desktop has its own. */
const instancesPerNode = 40;

/** Of the user who runs the engine; all of that user's programs share them. */
export function inotify(instances: number, watches: number, nodes: number): Finding {
  const name = 'inotify';
  const found = `${instances} instances, ${watches} watches for each user`;
  const remedy = 'sudo sysctl fs.inotify.max_user_instances=8192 fs.inotify.max_user_watches=1048576';
  if (instances < nodes * instancesPerNode + 64) {
    const why = `too few for ${nodes} kubelets, which end with "too many open files"`;
    return { level: 'missing', name, found: `${found}: ${why}`, remedy };
  }
  if (watches < 65_536) return { level: 'limited', name, found: `${found}: few watches`, remedy };
  return good(name, found);
}

const gib = 2 ** 30;
const shown = (bytes: number) => `${(bytes / gib).toFixed(1)} GiB`;

/** Measured: the control plane takes 0.9 GiB, a worker 0.3, and the suite's Pods 0.3 a node. `available`: bytes. */
export function memory(available: number, nodes: number): Finding {
  const wanted = (0.9 + 0.6 * nodes) * gib;
  const found = `${shown(available)} available`;
  if (available >= wanted) return good('memory', found);
  return {
    level: available >= wanted / 2 ? 'limited' : 'missing',
    name: 'memory',
    found: `${found}, and ${nodes} nodes with the suite's Pods take ${shown(wanted)}`,
    remedy: 'end other programs, or take fewer --nodes',
  };
}

/** `free`: bytes on the file system that the engine keeps its data on. A node writes 0.2 GiB; images take 4 once. */
export function disk(free: number, directory: string): Finding {
  const found = `${shown(free)} free in ${directory}`;
  if (free >= 8 * gib) return good('disk', found);
  return {
    level: free >= 2 * gib ? 'limited' : 'missing',
    name: 'disk',
    found: `${found}; images take 4 GiB, and each node 0.2`,
    remedy: 'docker system prune frees what no container uses',
  };
}
