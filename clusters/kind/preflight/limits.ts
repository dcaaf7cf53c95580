/** Limits of the machine that all nodes share. */
import { type Finding, good } from './finding.ts';

/** A kubelet takes a dozen, systemd and containerd some more, and a desktop has its own. */
const instancesPerNode = 40;

/** Of the user who runs the engine; all of that user's programs share them. */
export function inotify(instances: number, watches: number, nodes: number): Finding {
  const found = `${instances} instances, ${watches} watches for each user`;
  const line = 'sudo sysctl fs.inotify.max_user_instances=8192 fs.inotify.max_user_watches=1048576';
  if (instances < nodes * instancesPerNode + 64) {
    return {
      level: 'missing',
      name: 'inotify',
      found: `${found}: too few for ${nodes} kubelets, which end with "too many open files"`,
      remedy: line,
    };
  }
  if (watches < 65_536) return { level: 'limited', name: 'inotify', found: `${found}: few watches`, remedy: line };
  return good('inotify', found);
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
