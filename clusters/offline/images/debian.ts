/** Debian root file systems, made by mmdebstrap once and kept. */
import { createHash } from 'node:crypto';
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
export const withoutPaths = (...paths: string[]): string[] => paths.map((path) => `--dpkgopt=path-exclude=${path}`);

/** What only people read. */
const unread = withoutPaths('/usr/share/doc/*', '/usr/share/man/*', '/usr/share/locale/*', '/usr/share/info/*');

/** Changes with the packages, not with their versions: a root that is there is used, as a tag of an image is. */
export const hashOfRoot = (root: DebianRoot): string =>
  createHash('sha256')
    .update(JSON.stringify([suite, root, unread]))
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

/**
 * Path of the root's tar file, which is made if it is not there: two to three minutes. `name`: what it is for. Rejects
 * with mmdebstrap's last words.
 */
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
