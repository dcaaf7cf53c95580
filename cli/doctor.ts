import { access, constants, mkdir, readFile, statfs } from 'node:fs/promises';
import { freemem, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Finding, findings as kindFindings } from '../clusters/kind/preflight/index.ts';
import { findStrangers } from '../reference/dataplane/nft/index.ts';
import { createRun } from '../reference/dataplane/run.ts';
import { cacheDirectory, packageRoot } from './paths.ts';

export type { Finding };

// /usr/sbin is not on every user's PATH
const env = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
const options = { env, reject: false, timeout: 10_000 } as const;

/** First line that a command prints, or undefined where it cannot be run. */
async function firstLine(argv: string[]): Promise<string | undefined> {
  const result = await execa(argv[0] as string, argv.slice(1), options);
  return result.failed ? undefined : (result.stdout || result.stderr).split('\n')[0]?.split(' (')[0];
}

/** A program that a run needs, and its version. */
async function program(name: string, argument = '--version'): Promise<Finding> {
  const found = await firstLine([name, argument]);
  const remedy = 'sh scripts/setup.sh installs it, or prints the command that does';
  return found === undefined ? { level: 'missing', name, found: 'not found', remedy } : { level: 'good', name, found };
}

/** nftables before 1.0.1 and kernels before 5.13 lack what the Service maps need (kube-proxy has the same floor). */
async function nft(): Promise<Finding> {
  const finding = await program('nft');
  const version = /v(\d+)\.(\d+)\.(\d+)/.exec(finding.found)?.slice(1).map(Number);
  if (version === undefined || compare(version, [1, 0, 1]) >= 0) return finding;
  return { ...finding, level: 'missing', remedy: 'nftables 1.0.1 or newer is needed' };
}

async function kernel(): Promise<Finding> {
  const found = release();
  const version = found.split(/[.-]/).slice(0, 2).map(Number);
  if (compare(version, [5, 13]) >= 0) return { level: 'good', name: 'kernel', found };
  return { level: 'missing', name: 'kernel', found, remedy: 'Linux 5.13 or newer is needed' };
}

function compare(a: number[], b: number[]): number {
  for (const [i, part] of b.entries()) if ((a[i] ?? 0) !== part) return (a[i] ?? 0) - part;
  return 0;
}

/** Tries what an embedded cluster does first: namespaces, a link, a table, a proc mount, all without root. */
async function namespaces(): Promise<Finding> {
  const name = 'user namespaces';
  const attempt =
    'ip link add probe0 type veth peer name probe1 && nft add table inet probe && mount -t tmpfs none /run';
  const flags = '--user --map-root-user --net --mount --pid --fork --mount-proc'.split(' ');
  const result = await execa('unshare', [...flags, 'sh', '-c', attempt], options);
  if (!result.failed) return { level: 'good', name, found: 'work, with veth links, nftables and mounts inside' };
  return {
    level: 'missing',
    name,
    found: result.stderr || String(result.shortMessage),
    remedy: await namespaceRemedy(),
  };
}

const sysctl = (name: string) =>
  readFile(`/proc/sys/${name.replaceAll('.', '/')}`, 'utf8').then(
    (s) => s.trim(),
    () => undefined,
  );

async function namespaceRemedy(): Promise<string> {
  if ((await sysctl('kernel.unprivileged_userns_clone')) === '0')
    return 'sudo sysctl kernel.unprivileged_userns_clone=1';
  if ((await sysctl('kernel.apparmor_restrict_unprivileged_userns')) === '1') {
    return 'sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0';
  }
  if ((await sysctl('user.max_user_namespaces')) === '0') return 'sudo sysctl user.max_user_namespaces=15000';
  return 'inside a container the container engine decides: start it privileged, or run netvet on the host';
}

/** Packets between Pods of kubeadm's usual range, on this machine and to another one. */
const podPackets = [
  { source: '10.244.1.2', destination: '10.244.1.3', from: 'pod1', to: 'pod2' },
  { source: '10.244.1.2', destination: '10.244.2.2', from: 'pod1', to: 'eth0' },
];

/**
 * Whether this machine would let a CNI's Pods reach each other: Docker, ufw and firewalld make it drop that.
 * It is of no concern to embedded and kind clusters, which have networks of their own.
 */
export async function forwarding(run = createRun()): Promise<Finding> {
  const name = 'forwarding';
  const wanted = 'only matters where this machine is a node itself';
  try {
    const [first, ...more] = await findStrangers(run, podPackets);
    if (first === undefined) return { level: 'good', name, found: 'no table of nftables is in the way of Pods' };
    return { level: 'limited', name, found: [first, ...more].join('; '), remedy: wanted };
  } catch {
    return { level: 'good', name, found: `not looked at: only root may list nftables (${wanted})` };
  }
}

async function k6(): Promise<Finding> {
  const path = await firstLine(['sh', join(packageRoot, 'scripts/tool.sh'), 'k6']);
  const found = path && (await firstLine([path, 'version']));
  if (found) return { level: 'good', name: 'k6', found: `${found} (${path})` };
  return {
    level: 'limited',
    name: 'k6',
    found: 'not found: load scenarios are skipped',
    remedy: 'install k6, or Go 1.26 with which netvet builds it once',
  };
}

async function go(): Promise<Finding> {
  const remedy = 'only needed to build k6, kubectl, kube-proxy and the ptp CNI where they are missing';
  const finding = await program('go', 'version');
  return finding.level === 'good' ? finding : { ...finding, level: 'limited', remedy };
}

async function memory(): Promise<Finding> {
  const found = `${(freemem() / 2 ** 30).toFixed(1)} of ${(totalmem() / 2 ** 30).toFixed(1)} GiB free`;
  return totalmem() >= 3 * 2 ** 30
    ? { level: 'good', name: 'memory', found }
    : { level: 'limited', name: 'memory', found, remedy: 'a run takes about 3 GiB' };
}

async function cache(): Promise<Finding> {
  const directory = cacheDirectory();
  try {
    await mkdir(directory, { recursive: true });
    await access(directory, constants.W_OK);
    const { bavail, bsize } = await statfs(directory);
    return { level: 'good', name: 'cache', found: `${directory}, ${((bavail * bsize) / 2 ** 30).toFixed(0)} GiB free` };
  } catch (error) {
    return {
      level: 'missing',
      name: 'cache',
      found: (error as Error).message,
      remedy: 'set XDG_CACHE_HOME to a directory you can write to',
    };
  }
}

/** What --cluster kind needs beyond that. A machine that cannot have one still runs everything else. */
async function kind(): Promise<Finding[]> {
  const found = await kindFindings();
  return found.map((each) => ({
    ...each,
    name: `kind: ${each.name}`,
    ...(each.level === 'missing' && { level: 'limited', found: `${each.found} (--cluster kind cannot run)` }),
  }));
}

/** Looks at everything at once. Never throws: what could not be looked at is a finding. */
export async function findings(): Promise<Finding[]> {
  const [own, ofKind] = await Promise.all([ownFindings(), kind()]);
  return [...own, ...ofKind];
}

function ownFindings(): Promise<Finding[]> {
  return Promise.all([
    Promise.resolve<Finding>({ level: 'good', name: 'node', found: process.version }),
    kernel(),
    namespaces(),
    program('ip', '-V'),
    nft(),
    forwarding(),
    ...['unshare', 'setpriv', 'nsenter', 'conntrack', 'curl'].map((name) => program(name)),
    k6(),
    go(),
    memory(),
    cache(),
  ]);
}
