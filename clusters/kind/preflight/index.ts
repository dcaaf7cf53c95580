/** Everything that a kind cluster needs of its machine: what was found, and what to type where it falls short. */
import { readFile, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { type Engine, findEngine } from '../engine.ts';
import {
  cgroups,
  disk,
  type EngineFacts,
  engineVersion,
  type Finding,
  good,
  inotify,
  kernel,
  kernelFeatures,
  mayHaveSysResource,
  memory,
  proxy,
  rootless,
  sysResource,
} from './checks.ts';

export type { Finding } from './checks.ts';

/** Looks at everything at once. Never rejects: what could not be looked at is a finding, or is left out. */
export async function findings(): Promise<Finding[]> {
  const engine = await findEngine();
  if (!('missing' in engine)) return lookAt(engine, 3);
  const remedy = "start Docker or Podman, or one of netvet's own: sudo netvet engine start";
  return [{ level: 'missing', name: 'engine', found: engine.missing, remedy }];
}

/** Sentences about what makes a cluster impossible, with their remedies. */
export async function obstacles(engine: Engine, nodes: number): Promise<string[]> {
  const found = await lookAt(engine, nodes);
  return found
    .filter(({ level }) => level === 'missing')
    .map(({ name, found, remedy }) => `${name}: ${found}. Remedy: ${remedy}`);
}

async function lookAt({ host, docker }: Engine, nodes: number): Promise<Finding[]> {
  const [info, { ApiVersion }] = await Promise.all([docker.info() as Promise<EngineFacts>, docker.version()]);
  const facts: EngineFacts = { ...info, host, ApiVersion };
  const ofEngine = [engineVersion(facts), cgroups(facts), rootless(facts), proxy(process.env)];
  // an engine on another machine, or in a virtual one, has limits that cannot be seen from here
  const isLocal = host.startsWith('unix:') && process.platform === 'linux';
  if (!isLocal) return [...ofEngine, memory(info.MemTotal, nodes)];
  const ofMachine = [limits(nodes), available(nodes), space(info.DockerRootDir), features()];
  const status = await readFile('/proc/self/status', 'utf8');
  return [...ofEngine, sysResource(facts, mayHaveSysResource(status)), ...(await Promise.all(ofMachine))];
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
async function space(directory = '/var/lib/docker'): Promise<Finding> {
  for (let path = directory; path !== dirname(path); path = dirname(path)) {
    const found = await statfs(path).catch(() => undefined);
    if (found !== undefined) return disk(found.bavail * found.bsize, directory);
  }
  return good('disk', `${directory}, of unknown size`);
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
