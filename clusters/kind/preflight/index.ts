/** Everything that a kind cluster needs of its machine: what was found, and what to type where it falls short. */
import { readFile, statfs } from 'node:fs/promises';
import { execa } from 'execa';
import { hasCapability, sysResource as sysResourceNumber } from '../../offline/engine/index.ts';
import { type Engine, findEngine } from '../engine.ts';
import { cgroups, type EngineFacts, engineVersion, rootless, sysResource } from './engine.ts';
import { type Finding, good } from './finding.ts';
import { kernel, kernelFeatures } from './kernel.ts';
import { disk, inotify, memory } from './limits.ts';
import { proxy } from './proxy.ts';

export type { Finding } from './finding.ts';

/** Looks at everything at once. Never rejects: what could not be looked at is a finding, or is left out. */
export async function findings(nodes = 3): Promise<Finding[]> {
  const engine = await findEngine();
  if ('missing' in engine) {
    const remedy = "start Docker or Podman, or one of netvet's own: sudo netvet engine start";
    return [{ level: 'missing', name: 'engine', found: engine.missing, remedy }];
  }
  return lookAt(engine, nodes);
}

/** Sentences about what makes a cluster impossible, with their remedies. */
export async function obstacles(engine: Engine, nodes: number): Promise<string[]> {
  const found = await lookAt(engine, nodes);
  return found
    .filter(({ level }) => level === 'missing')
    .map(({ name, found, remedy }) => `${name}: ${found}. Remedy: ${remedy}`);
}

/** An engine on another machine, or in a virtual one, has limits that cannot be seen from here. */
const isLocal = (host: string) => host.startsWith('unix:') && process.platform === 'linux';

async function lookAt({ host, docker }: Engine, nodes: number): Promise<Finding[]> {
  const [info, version]: [Info, { ApiVersion: string }] = await Promise.all([docker.info(), docker.version()]);
  const facts: EngineFacts = {
    host,
    apiVersion: version.ApiVersion,
    serverVersion: info.ServerVersion,
    cgroupVersion: info.CgroupVersion ?? '1',
    securityOptions: info.SecurityOptions ?? [],
    defaultRuntime: info.DefaultRuntime ?? '',
  };
  const ofEngine = [engineVersion(facts), cgroups(facts), rootless(facts), proxy(process.env)];
  if (!isLocal(host)) return [...ofEngine, memory(info.MemTotal, nodes)];
  return [...ofEngine, sysResource(facts, hasCapability(sysResourceNumber)), ...(await ofMachine(info, nodes))];
}

/** What is read of the engine's answer, which has no type. */
interface Info {
  ServerVersion: string;
  MemTotal: number;
  DockerRootDir?: string;
  CgroupVersion?: string;
  SecurityOptions?: string[];
  DefaultRuntime?: string;
}

async function ofMachine(info: Info, nodes: number): Promise<Finding[]> {
  return Promise.all([limits(nodes), available(nodes), space(info), features()]);
}

async function limits(nodes: number): Promise<Finding> {
  const read = async (name: string) => Number(await readFile(`/proc/sys/fs/inotify/${name}`, 'utf8'));
  return inotify(await read('max_user_instances'), await read('max_user_watches'), nodes);
}

async function available(nodes: number): Promise<Finding> {
  const kib = Number(/^MemAvailable:\s+(\d+) kB$/m.exec(await readFile('/proc/meminfo', 'utf8'))?.[1]);
  return memory(kib * 1024, nodes);
}

/** An engine's directory may be readable by root only; the file system is that of the nearest one above that is not. */
async function space({ DockerRootDir = '/var/lib/docker' }: Info): Promise<Finding> {
  for (let path = DockerRootDir; path !== ''; path = path.slice(0, path.lastIndexOf('/'))) {
    const found = await statfs(path).catch(() => undefined);
    if (found !== undefined) return disk(found.bavail * found.bsize, DockerRootDir);
  }
  return good('disk', `${DockerRootDir}, of unknown size`);
}

/** Tries each in a user and network namespace of its own, which any user may make. */
async function features(): Promise<Finding> {
  const filesystems = await readFile('/proc/filesystems', 'utf8');
  const env = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
  const lacking = await Promise.all(
    Object.entries(kernelFeatures).map(async ([name, script]) => {
      const argv = ['--user', '--map-root-user', '--net', 'sh', '-c', script];
      const { failed } = await execa('unshare', argv, { env, reject: false, timeout: 10_000 });
      return failed ? [name] : [];
    }),
  );
  return kernel(lacking.flat(), /\boverlay$/m.test(filesystems));
}
