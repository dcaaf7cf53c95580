import { access, constants, mkdir, readFile, statfs } from 'node:fs/promises';
import { freemem, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Finding, findings as kindFindings } from '../clusters/kind/preflight/index.ts';
import { findStrangers } from '../reference/dataplane/nft/index.ts';
import { createRun } from '../reference/dataplane/run.ts';
import { cacheDirectory, packageRoot } from './paths.ts';

export type { Finding };

const good = (name: string, found: string): Finding => ({ level: 'good', name, found });
const missing = (name: string, found: string, remedy: string): Finding => ({ level: 'missing', name, found, remedy });
const limited = (name: string, found: string, remedy: string): Finding => ({ level: 'limited', name, found, remedy });

// /usr/sbin is not on every user's PATH
const env = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
const options = { env, reject: false, timeout: 10_000 } as const;

/** First line that a command prints, or undefined where it cannot be run. */
async function firstLine(argv: string[]): Promise<string | undefined> {
  const result = await execa(argv[0] as string, argv.slice(1), options);
  return result.failed ? undefined : (result.stdout || result.stderr).split('\n')[0]?.split(' (')[0];
}

async function program(name: string, argument = '--version'): Promise<Finding> {
  const found = await firstLine([name, argument]);
  const remedy = 'sh scripts/setup.sh installs it, or prints the command that does';
  return found === undefined ? missing(name, 'not found', remedy) : good(name, found);
}

/** nftables before 1.0.1 and kernels before 5.13 lack what the Service maps need (kube-proxy has the same floor). */
async function nft(): Promise<Finding> {
  const finding = await program('nft');
  const version = /v(\d+)\.(\d+)\.(\d+)/.exec(finding.found)?.slice(1).map(Number);
  if (version === undefined || compare(version, [1, 0, 1]) >= 0) return finding;
  return missing('nft', finding.found, 'nftables 1.0.1 or newer is needed');
}

async function kernel(): Promise<Finding> {
  const found = release();
  const version = found.split(/[.-]/).slice(0, 2).map(Number);
  return compare(version, [5, 13]) >= 0
    ? good('kernel', found)
    : missing('kernel', found, 'Linux 5.13 or newer is needed');
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
  if (!result.failed) return good(name, 'work, with veth links, nftables and mounts inside');
  return missing(name, result.stderr || String(result.shortMessage), await namespaceRemedy());
}

const sysctl = async (name: string) =>
  (await readFile(`/proc/sys/${name.replaceAll('.', '/')}`, 'utf8').catch(() => undefined))?.trim();

const switches = [
  ['kernel.unprivileged_userns_clone', '0', '1'],
  ['kernel.apparmor_restrict_unprivileged_userns', '1', '0'],
  ['user.max_user_namespaces', '0', '15000'],
] as const;

async function namespaceRemedy(): Promise<string> {
  for (const [name, wrong, right] of switches)
    if ((await sysctl(name)) === wrong) return `sudo sysctl ${name}=${right}`;
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
    const { drops, kubeProxy } = await findStrangers(run, podPackets);
    const [first, ...more] = [...drops, ...kubeProxy];
    if (first === undefined) return { level: 'good', name, found: 'no table of nftables is in the way of Pods' };
    return { level: 'limited', name, found: [first, ...more].join('; '), remedy: wanted };
  } catch (error) {
    const why = (error as Error).message;
    if (/not permitted/.test(why))
      return { level: 'good', name, found: `not looked at: only root may list nftables (${wanted})` };
    return { level: 'limited', name, found: `not looked at: ${why}`, remedy: wanted };
  }
}

async function k6(): Promise<Finding> {
  const path = await firstLine(['sh', join(packageRoot, 'scripts/tool.sh'), 'k6']);
  const found = path && (await firstLine([path, 'version']));
  if (found) return good('k6', `${found} (${path})`);
  const remedy = 'install k6, or Go 1.26 with which netvet builds it once';
  return limited('k6', 'not found: load scenarios are skipped', remedy);
}

async function go(): Promise<Finding> {
  const remedy = 'only needed to build k6, kubectl, kube-proxy and the ptp CNI where they are missing';
  const finding = await program('go', 'version');
  return finding.level === 'good' ? finding : limited('go', finding.found, remedy);
}

async function memory(): Promise<Finding> {
  const found = `${(freemem() / 2 ** 30).toFixed(1)} of ${(totalmem() / 2 ** 30).toFixed(1)} GiB free`;
  return totalmem() >= 3 * 2 ** 30 ? good('memory', found) : limited('memory', found, 'a run takes about 3 GiB');
}

async function cache(): Promise<Finding> {
  const directory = cacheDirectory();
  try {
    await mkdir(directory, { recursive: true });
    await access(directory, constants.W_OK);
    const { bavail, bsize } = await statfs(directory);
    return good('cache', `${directory}, ${((bavail * bsize) / 2 ** 30).toFixed(0)} GiB free`);
  } catch (error) {
    return missing('cache', (error as Error).message, 'set XDG_CACHE_HOME to a directory you can write to');
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
  const all = await Promise.all([
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
    kind(),
  ]);
  return [good('node', process.version), ...all.flat()];
}
