/** The container engine itself. */
import { type Finding, good } from './finding.ts';

/** What the engine says of itself (`docker info` and `docker version`). */
export interface EngineFacts {
  host: string;
  apiVersion: string;
  serverVersion: string;
  cgroupVersion: string;
  securityOptions: string[];
  defaultRuntime: string;
}

/** cgroup namespaces of containers came with Docker 20.10, and a node's systemd needs one. */
const floor = [1, 41];

const atLeast = (version: string, [major, minor]: number[]): boolean => {
  const [a = 0, b = 0] = version.split('.').map(Number);
  return a > (major ?? 0) || (a === major && b >= (minor ?? 0));
};

export function engineVersion({ host, apiVersion, serverVersion }: EngineFacts): Finding {
  const found = `${serverVersion} (API ${apiVersion}) at ${host}`;
  if (atLeast(apiVersion, floor)) return good('engine', found);
  return {
    level: 'missing',
    name: 'engine',
    found: `${found} is too old: nodes need cgroup namespaces of their own`,
    remedy: 'upgrade to Docker 20.10 or Podman 4, or newer',
  };
}

export function cgroups({ cgroupVersion }: EngineFacts): Finding {
  if (cgroupVersion === '2') return good('cgroups', 'version 2');
  return {
    level: 'limited',
    name: 'cgroups',
    found: 'version 1, which Kubernetes has given up from 1.35 on; the node image that netvet builds still runs on it',
    remedy: 'boot with systemd.unified_cgroup_hierarchy=1 for version 2, or use: netvet cluster image build',
  };
}

export function rootless({ securityOptions }: EngineFacts): Finding {
  if (!securityOptions.some((option) => option.includes('rootless'))) return good('rights', 'the engine runs as root');
  return {
    level: 'limited',
    name: 'rights',
    found: 'the engine runs rootless, where nodes cannot load kernel modules or set the sysctls of the machine',
    remedy: 'if a cluster does not come up, use an engine that runs as root',
  };
}

/**
 * `has`: whether processes of this machine can have CAP_SYS_RESOURCE, the one that some sandboxes withhold; a privileged container asks
 * for all there are.
 */
export function sysResource({ defaultRuntime }: EngineFacts, has: boolean): Finding {
  const name = 'CAP_SYS_RESOURCE';
  if (has) return good(name, 'can be had');
  if (defaultRuntime === 'netvet') return good(name, "cannot be had here; netvet's own engine does without");
  return {
    level: 'missing',
    name,
    found: 'this machine withholds it, and so the engine refuses privileged containers ("unable to apply caps")',
    remedy:
      "use netvet's own engine, which does without: unset DOCKER_HOST, stop the other engine, sudo netvet engine start",
  };
}
