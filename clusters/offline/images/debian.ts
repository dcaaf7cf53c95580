/** Debian root file systems, made by mmdebstrap once and kept. */
import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { inCache } from '../../machine.ts';

export interface DebianRoot {
  packages: string[];
  /** More arguments of mmdebstrap. */
  options?: string[];
}

const suite = 'bookworm';

/** Arguments of mmdebstrap that keep files of packages out of the root. `paths`: patterns of dpkg. */
const withoutPaths = (...paths: string[]): string[] => paths.map((path) => `--dpkgopt=path-exclude=${path}`);

/** What only people read. */
const unread = withoutPaths('/usr/share/doc/*', '/usr/share/man/*', '/usr/share/locale/*', '/usr/share/info/*');

/** Changes with the packages, not with their versions: a root that is there is used, as a tag of an image is. */
export const hashOfRoot = (root: DebianRoot): string =>
  hash('sha256', JSON.stringify([suite, root, unread])).slice(0, 12);

/** The roots of the images: which packages each has. */
export const roots = {
  /** A node: what kubeadm, the kubelet, containerd and CNIs look for on one. catatonit becomes the pause image. */
  node: {
    packages: [
      ...['systemd', 'systemd-sysv', 'dbus', 'runc', 'catatonit', 'jq', 'curl', 'ca-certificates', 'hostname'],
      ...['iproute2', 'iptables', 'nftables', 'conntrack', 'ipset', 'ethtool', 'socat', 'tcpdump', 'iputils-ping'],
      ...['mount', 'util-linux', 'procps', 'kmod', 'libseccomp2'],
    ],
  },
  /** The tools of the official node image that people use. Like that one, it has none that configure networks. */
  nodejs: {
    packages: ['libstdc++6', 'ca-certificates', 'curl', 'wget', 'procps', 'netbase', 'openssl', 'unzip', 'xz-utils'],
    options: ['--customize-hook=chroot "$1" useradd --uid 1000 --create-home --shell /bin/bash node'],
  },
  postgres: {
    packages: ['postgresql'],
    options: [
      // no database cluster yet, and no compiler of queries: a third of the size
      '--essential-hook=mkdir -p "$1/etc/postgresql-common" && ' +
        'echo "create_main_cluster = false" >"$1/etc/postgresql-common/createcluster.conf"',
      ...withoutPaths('/usr/lib/x86_64-linux-gnu/libLLVM*', '/usr/lib/x86_64-linux-gnu/libz3*'),
      ...withoutPaths('/usr/lib/postgresql/*/lib/bitcode/*', '/usr/lib/postgresql/*/lib/llvmjit*'),
    ],
  },
  'kube-proxy': { packages: ['nftables', 'iptables', 'conntrack', 'ipset', 'kmod'] },
} satisfies Record<string, DebianRoot>;

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

/** Path of the root's tar file, made if missing, in minutes. Rejects with mmdebstrap's last words. */
export async function debianRoot(name: string, root: DebianRoot, progress: (line: string) => void): Promise<string> {
  const file = inCache('roots', `${name}-${hashOfRoot(root)}.tar`);
  if (existsSync(file)) return file;
  progress(`Debian root for ${name}`);
  await mkdir(dirname(file), { recursive: true });
  const { packages, options = [] } = root;
  const unfinished = `${file}.${process.pid}.tar`;
  const flags = ['--quiet', '--variant=minbase', `--include=${packages.join(',')}`, ...unread, ...options];
  const argv = [...flags, suite, unfinished, await mirror()];
  const { failed, stderr, shortMessage } = await execa('mmdebstrap', argv, { timeout: 900_000, reject: false });
  if (failed) {
    await rm(unfinished, { force: true });
    const last = stderr.trim().split('\n').slice(-5).join('\n');
    throw new Error(`the Debian root for ${name} could not be made: ${last || shortMessage}`);
  }
  await rename(unfinished, file);
  return file;
}
