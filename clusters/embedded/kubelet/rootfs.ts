/**
 * A container's own root directory. It is made of links into the node's (`/usr -> /.node/usr`), with directories of its
 * own where containers write, so that it costs some forty system calls and no copy; what is mounted into it gets real
 * mount points.
 */
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where the node's root is found inside a container, and where the sandbox's host is. */
const nodeRoot = '/.node';

/** Directories of a container's own; everything else at the top is a link. */
const made = '.bin .node dev etc home proc root run/lock sys tmp var/lib var/log var/tmp'.split(' ');
const owned = ['.host', '.proc', ...made.map((directory) => directory.split('/')[0] as string)];

/** What containers see of the node's /etc: what programs and libraries look for, and no more, as in any image. */
const shared = new RegExp(
  '^(alternatives|ca-certificates.*|crypto-policies|default|ethertypes|gai\\.conf|group|host\\.conf|iproute2|ld\\..*' +
    '|ld-musl.*|localtime|mime\\.types|nftables\\.conf|os-release|passwd|pki|profile|profile\\.d|protocols|rpc' +
    '|services|shells|ssl|terminfo|xattr\\.conf)$',
);

/** Paths of the host that stay where they are although they lie below one of those: the checkout, the cache. */
const visiblePaths = (): string[] => readFileSync('/run/netvet/visible', 'utf8').split('\n').filter(Boolean);

export interface Mount {
  /** The node's path. */
  source: string;
  /** The container's. */
  target: string;
  readOnly: boolean;
  isFile: boolean;
}

/** Makes the root directory, at `here` for this process. `programs` are put into /.bin, which is first on PATH. */
export function makeRoot(here: string, files: Record<string, string>, programs: Record<string, string>): void {
  for (const directory of made) mkdirSync(join(here, directory), { recursive: true });
  const link = (target: string, path: string) => symlinkSync(target, join(here, path));
  for (const name of readdirSync('/')) if (!owned.includes(name)) link(`${nodeRoot}/${name}`, name);
  link(`${nodeRoot}/.host`, '.host');
  link(`${nodeRoot}/.proc`, '.proc');
  link('../run', 'var/run');
  link('../run/lock', 'var/lock');
  for (const name of readdirSync('/etc').filter((each) => shared.test(each)))
    link(`${nodeRoot}/etc/${name}`, `etc/${name}`);
  for (const [path, content] of Object.entries(files)) writeFileSync(join(here, path), content);
  for (const [name, path] of Object.entries(programs)) link(path, `.bin/${name}`);
  const paths = [...visiblePaths(), ...Object.values(programs).map((program) => dirname(program))];
  for (const path of paths) {
    // what lies below another of them is there with it, and behind a link that leads nowhere as seen from here
    const covered = paths.some((other) => path.startsWith(`${other}/`));
    if (covered || !owned.includes(path.split('/')[1] as string)) continue;
    if (lstatSync(join(here, path), { throwIfNoEntry: false })) continue;
    mkdirSync(join(here, dirname(path)), { recursive: true });
    link(`${nodeRoot}${path}`, path);
  }
}

/**
 * Makes a mount point for `target`. A link on the way, into a directory that the node shares with the host, becomes a
 * real directory of links first: nothing may be made on the host.
 */
export function makeMountPoint(here: string, target: string, isFile: boolean): void {
  const names = target.split('/').filter((name) => name !== '' && name !== '.');
  if (names.includes('..')) throw new Error(`mountPath ${target} must not contain '..'`);
  let path = '';
  for (const [i, name] of names.entries()) {
    path = `${path}/${name}`;
    const last = i === names.length - 1;
    const info = lstatSync(here + path, { throwIfNoEntry: false });
    if (info && !info.isSymbolicLink() && !(last && isFile !== info.isFile())) continue;
    if (info) rmSync(here + path, { recursive: true });
    if (last && isFile) {
      writeFileSync(here + path, '');
      continue;
    }
    mkdirSync(here + path);
    if (!last && info)
      for (const entry of entriesOf(path)) symlinkSync(`${nodeRoot}${path}/${entry}`, `${here}${path}/${entry}`);
  }
}

/** What a directory holds that containers see through a link: this process sees the same. */
const entriesOf = (path: string): string[] =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(path) : [];

/** fstab's own escapes: https://man7.org/linux/man-pages/man5/fstab.5.html */
const escape = (path: string) =>
  path.replaceAll(/[\s\\#]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);

/** What container.sh has mounted, in one process. `root` is the root directory's path on the node. */
export function fstab(root: string, mounts: Mount[], readOnlyRoot = false): string {
  const at = (path: string) => escape(join(root, path));
  const volumes = mounts.map(
    ({ source, target, readOnly }) => `${escape(source)} ${at(target)} none rbind${readOnly ? ',ro' : ''} 0 0`,
  );
  return [
    `${escape(root)} ${escape(root)} none bind${readOnlyRoot ? ',ro' : ''} 0 0`, // pivot_root wants a mount point
    `proc ${at('proc')} proc defaults 0 0`,
    `/dev ${at('dev')} none rbind 0 0`,
    // of the Pod's own network namespace; where the kernel refuses, there is none
    `sysfs ${at('sys')} sysfs nofail 0 0`,
    ...volumes,
    '',
  ].join('\n');
}
