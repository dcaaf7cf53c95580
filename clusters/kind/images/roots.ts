/** Debian root file systems, made by mmdebstrap once and kept. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

interface Root {
  packages: string[];
  /** More arguments of mmdebstrap. */
  options?: string[];
}

const suite = 'bookworm';

const withoutPaths = (...paths: string[]) => paths.map((path) => `--dpkgopt=path-exclude=${path}`);

/** What only people read. */
const unread = withoutPaths('/usr/share/doc/*', '/usr/share/man/*', '/usr/share/locale/*', '/usr/share/info/*');

const roots = {
  /** A node: what kubeadm, the kubelet, containerd and CNIs look for on one. catatonit becomes the pause image. */
  node: {
    packages: [
      ...['systemd', 'systemd-sysv', 'dbus', 'runc', 'catatonit', 'jq', 'curl', 'ca-certificates', 'hostname'],
      ...['iproute2', 'iptables', 'nftables', 'conntrack', 'ipset', 'ethtool', 'socat', 'tcpdump', 'iputils-ping'],
      ...['mount', 'util-linux', 'procps', 'kmod', 'libseccomp2'],
    ],
  },
  /** The tools of the official node image that people reach for, and none that configure networks: that one has none either. */
  nodejs: {
    packages: ['libstdc++6', 'ca-certificates', 'curl', 'wget', 'procps', 'netbase', 'openssl', 'unzip', 'xz-utils'],
    options: ['--customize-hook=chroot "$1" useradd --uid 1000 --create-home --shell /bin/bash node'],
  },
  postgres: {
    packages: ['postgresql'],
    options: [
      // no database cluster yet, and no compiler of queries: a third of the size
      '--essential-hook=mkdir -p "$1/etc/postgresql-common" && echo "create_main_cluster = false" >"$1/etc/postgresql-common/createcluster.conf"',
      ...withoutPaths('/usr/lib/x86_64-linux-gnu/libLLVM*', '/usr/lib/x86_64-linux-gnu/libz3*'),
      ...withoutPaths('/usr/lib/postgresql/*/lib/bitcode/*', '/usr/lib/postgresql/*/lib/llvmjit*'),
    ],
  },
  'kube-proxy': { packages: ['nftables', 'iptables', 'conntrack', 'ipset', 'kmod'] },
} satisfies Record<string, Root>;

export type RootName = keyof typeof roots;

/** Changes with the packages, not with their versions: a root that is there is used, as a tag of an image is. */
export const rootHash = (name: RootName): string =>
  createHash('sha256')
    .update(JSON.stringify([suite, roots[name], unread]))
    .digest('hex')
    .slice(0, 12);

/** Debian's mirror as this machine has it, so that a local one is used. */
async function mirror(): Promise<string> {
  const folder = '/etc/apt/sources.list.d';
  const files = await readdir(folder).catch(() => []);
  for (const file of files.filter((name) => name.endsWith('.sources'))) {
    const found = /^URIs:\s*(\S*debian\S*)/m.exec(await readFile(join(folder, file), 'utf8'))?.[1];
    if (found !== undefined && !found.includes('security')) return found;
  }
  return 'http://deb.debian.org/debian';
}

/** Path of the root's tar file. `cache`: the per-user cache directory. */
export async function rootArchive(name: RootName, cache: string, progress: (line: string) => void): Promise<string> {
  const file = join(cache, 'roots', `${name}-${rootHash(name)}.tar`);
  if (existsSync(file)) return file;
  progress(`Debian root for ${name}`);
  await mkdir(join(cache, 'roots'), { recursive: true });
  const { packages, options = [] }: Root = roots[name];
  const unfinished = `${file}.${process.pid}.tar`;
  try {
    const flags = ['--quiet', '--variant=minbase', `--include=${packages.join(',')}`, ...unread, ...options];
    await execa('mmdebstrap', [...flags, suite, unfinished, await mirror()], { timeout: 900_000 });
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    const { stderr = '' } = error as { stderr?: string };
    const last = stderr.trim().split('\n').slice(-5).join('\n');
    throw new Error(`the Debian root for ${name} could not be made: ${last || (error as Error).message}`, {
      cause: error,
    });
  }
  return file;
}
