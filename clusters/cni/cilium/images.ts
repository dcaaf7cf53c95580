/**
 * Cilium's two images, built where no registry has them to give: programs from its Go module, with upstream's dependencies in place of its
 * three forks, and Debian for clang, which compiles the eBPF programs on every node. No Envoy, so no policies of layer 7.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { tool } from '../ptp/tools.ts';
import { fetchSource } from '../source.ts';
import { type Image, writeArchive } from './archive.ts';
import { agentImage, inRelease, operatorImage, version } from './version.ts';

const run = promisify(execFile);
const cache = (): string => join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'netvet');

/** Where the archive is once it has been built. */
export const ciliumArchive = (): string => join(cache(), 'images', `cilium-${version}.tar`);
export const ciliumBuilt = (): boolean => existsSync(ciliumArchive());

/** Program -> where it lies in the image. */
const agentPrograms: Record<string, string> = {
  'cilium-agent': 'usr/bin',
  'cilium-dbg': 'usr/bin',
  'cilium-mount': 'usr/bin',
  'cilium-sysctlfix': 'usr/bin',
  'cilium-health-responder': 'usr/bin',
  'cilium-cni': 'opt/cni/bin',
  loopback: 'cni',
};
export const ciliumPrograms: string[] = [...Object.keys(agentPrograms), 'cilium-operator-generic'];

const scripts = [
  'images/cilium/init-container.sh',
  'plugins/cilium-cni/install-plugin.sh',
  'plugins/cilium-cni/cni-uninstall.sh',
];

/** Debian's packages: the compiler, and what the agent executes. */
const packages = [
  'clang-19',
  'iproute2',
  'iptables',
  'ipset',
  'kmod',
  'ca-certificates',
  'bpftool',
  'mount',
  'util-linux',
  'procps',
];
const suite = 'bookworm';

/** Builds the archive if it is not there, about seven minutes from nothing; what was finished before an interruption is not done again. */
export async function buildCiliumImages(progress: (line: string) => void): Promise<string> {
  const archive = ciliumArchive();
  if (existsSync(archive)) return archive;
  const folder = dirname(archive);
  await mkdir(folder, { recursive: true });
  const programs: Record<string, string> = {};
  // one after the other: each build uses every core
  for (const name of ciliumPrograms) {
    progress(`Program ${name}`);
    programs[name] = await tool(name);
  }
  const root = await debianRoot(folder, progress);
  const work = await mkdtemp(join(folder, 'cilium-'));
  try {
    progress('Images of Cilium');
    await layAgent(join(work, 'agent'), programs);
    await layOperator(join(work, 'operator'), programs);
    const layers = await Promise.all(['agent', 'operator'].map((name) => layer(join(work, name))));
    const [agent, operator] = layers as [string, string];
    const path = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };
    const images: Image[] = [
      {
        reference: agentImage,
        layers: [root, agent],
        environment: { ...path, INITSYSTEM: 'SYSTEMD' },
        command: ['/usr/bin/cilium-dbg'],
      },
      {
        reference: operatorImage,
        layers: [operator],
        environment: path,
        entrypoint: ['/usr/bin/cilium-operator-generic'],
      },
    ];
    await writeArchive(archive, images, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return archive;
}

async function layAgent(root: string, programs: Record<string, string>): Promise<void> {
  for (const [name, where] of Object.entries(agentPrograms))
    await place(programs[name] as string, join(root, where, name));
  for (const script of scripts) {
    const target = join(root, script.split('/').at(-1) as string);
    await cp(await fetchSource(inRelease(script)), target);
    await chmod(target, 0o755);
  }
  const bpf = join(root, 'var/lib/cilium/bpf');
  const tests = ['tests', 'complexity-tests'];
  // files of the module cache are read-only
  await run('cp', [
    '-r',
    '--no-preserve=mode',
    await fetchSource(inRelease('bpf')),
    (await made(dirname(bpf))) + '/bpf',
  ]);
  for (const each of tests) await rm(join(bpf, each), { recursive: true, force: true });
  await symlink('clang-19', join(root, 'usr/bin/clang'));
  await symlink('cilium-dbg', join(root, 'usr/bin/cilium'));
  await made(join(root, 'home/cilium'));
}

async function layOperator(root: string, programs: Record<string, string>): Promise<void> {
  await place(programs['cilium-operator-generic'] as string, join(root, 'usr/bin/cilium-operator-generic'));
  await made(join(root, 'tmp'));
}

async function made(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  return folder;
}

async function place(from: string, to: string): Promise<void> {
  await made(dirname(to));
  await cp(from, to);
  await chmod(to, 0o755);
}

async function layer(folder: string): Promise<string> {
  const file = `${folder}.tar`;
  await run('tar', ['-C', folder, '--sort=name', '--owner=0', '--group=0', '--numeric-owner', '-cf', file, '.']);
  return file;
}

/** A Debian root file system as a tar file, made once. */
async function debianRoot(folder: string, progress: (line: string) => void): Promise<string> {
  const file = join(folder, `cilium-root-${suite}.tar`);
  if (existsSync(file)) return file;
  progress(`Debian root with ${packages[0]}`);
  const unfinished = `${file}.${process.pid}.tar`;
  const argv = ['--quiet', '--variant=minbase', `--include=${packages.join(',')}`, suite, unfinished, await mirror()];
  try {
    await run('mmdebstrap', argv, { maxBuffer: 1 << 24, timeout: 900_000 });
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    const { code, stderr = '' } = error as { code?: string; stderr?: string };
    const why =
      code === 'ENOENT'
        ? 'mmdebstrap is missing: apt-get install mmdebstrap'
        : stderr.trim().split('\n').slice(-3).join('\n');
    throw new Error(`the Debian root for Cilium could not be made: ${why}`, { cause: error });
  }
  return file;
}

/** Debian's mirror as this machine has it, so that a local one is used. */
async function mirror(): Promise<string> {
  const folder = '/etc/apt/sources.list.d';
  for (const file of (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.sources'))) {
    const found = /^URIs:\s*(\S*debian\S*)/m.exec(await readFile(join(folder, file), 'utf8'))?.[1];
    if (found !== undefined && !found.includes('security')) return found;
  }
  return 'http://deb.debian.org/debian';
}
