/**
 * Images of the embedded cluster: a name stands for a program of this machine. Nothing is ever downloaded; a name that
 * is not in the table, or whose program is not here, fails as an image that cannot be pulled, with a sentence.
 */
import { accessSync, constants, globSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { inCache, quoted } from '../../machine.ts';

/** What a container of an image runs when its Pod does not say otherwise, and what it has on its PATH. */
export interface Image {
  entrypoint: string[];
  cmd: string[];
  env: Record<string, string>;
  /** Name -> path on this machine. */
  programs: Record<string, string>;
}

/** Like docker.io/library/node:24-alpine -> { name: 'node', tag: '24-alpine' }. */
export function parseImage(reference: string): { name: string; tag: string } {
  const withoutDigest = reference.split('@')[0] as string;
  const [, path = withoutDigest, tag = 'latest'] = /^(.+?):([^/]*)$/.exec(withoutDigest) ?? [];
  return { name: path.replace(/^docker\.io\//, '').replace(/^library\//, ''), tag };
}

/** Where programs are that a run built for itself (scripts/tool.sh). */
const cache = () => inCache('bin');

const executable = (path: string) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Of a version: the one that was built into the cache. Else one on PATH, or the newest of those in the cache. */
export function findProgram(name: string, version?: string): string | undefined {
  const files = globSync(`${name}-${version ?? 'v*'}`, { cwd: cache() }).map((file) => join(cache(), file));
  const built = files.filter(executable).toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  if (version !== undefined && built.length > 0) return built.at(-1);
  const onPath = (process.env['PATH'] ?? '')
    .split(':')
    .map((directory) => join(directory, name))
    .find(executable);
  return onPath === undefined ? built.at(-1) : realpathSync(onPath);
}

type Entry = (tag: string) => Pick<Image, 'entrypoint' | 'cmd'> & Partial<Image>;

/** The image stands for no program here. */
export class ImageError extends Error {}

/** Gives the path, or throws. */
function goTool(name: string, version?: string): string {
  const program = findProgram(name, version);
  if (program !== undefined) return program;
  const words = version === undefined ? name : `${name} ${quoted(version)}`;
  const remedy = `"sh scripts/tool.sh ${words}" builds it where Go is installed`;
  throw new ImageError(`the program ${words} is neither on PATH nor in ${cache()}: ${remedy}`);
}

/** To be counted up with every change of what postgres.ts keeps. */
const pgliteForm = 2;

/** Where postgres.ts keeps a database cluster that was just made, for the next one to begin with. */
function pgliteTemplate(): string {
  const { dependencies } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  return inCache(`pglite-${dependencies['@electric-sql/pglite']}-${pgliteForm}.tar`);
}

/** The real one ends at SIGTERM as well, which process 1 of a namespace does not by itself. */
const pause = 'trap "exit 0" TERM INT; sleep infinity & wait';
const shell: Entry = () => ({ entrypoint: [], cmd: ['sh'] });

const table: Record<string, Entry> = {
  node: (tag) => {
    if (!/^(24|lts|latest|current|krypton)\b/.test(tag))
      throw new ImageError(
        `node:${tag} is not here: the embedded cluster runs node images with its own Node.js ${process.versions.node}`,
      );
    return { entrypoint: [], cmd: ['node'], env: { NODE_VERSION: process.versions.node } };
  },
  postgres: () => ({
    // V8's baseline compiler alone: a database that lives for seconds does not earn back what optimizing PostgreSQL
    // costs (0.5 CPU s)
    entrypoint: [process.execPath, '--liftoff-only', join(import.meta.dirname, 'postgres.ts')],
    cmd: [],
    env: {
      PGDATA: '/var/lib/postgresql/data',
      NETVET_PGLITE_TEMPLATE: pgliteTemplate(),
      // removing the types from postgres.ts would take 30 CPU ms each time
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
    },
  }),
  'grafana/k6': () => ({ entrypoint: ['k6'], cmd: [], programs: { k6: goTool('k6') } }),
  'registry.k8s.io/pause': () => ({ entrypoint: ['sh', '-c', pause], cmd: [] }),
  'registry.k8s.io/kube-proxy': (tag) => ({
    entrypoint: ['kube-proxy'],
    cmd: [],
    // a benchmark builds other versions too
    programs: { 'kube-proxy': goTool('kube-proxy', tag) },
  }),
  'netvet/dns': () => ({ entrypoint: [process.execPath, join(import.meta.dirname, '../dns/main.ts')], cmd: [] }),
  busybox: shell,
  alpine: shell,
  debian: shell,
};

/** PATH of a container: what its image brings, then what the machine has. */
const path = '/.bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Whether an embedded cluster has, or can be given, a program in the image's place. */
export const knowsImage = (reference: string): boolean => Object.hasOwn(table, parseImage(reference).name);

/** Throws an ImageError with the sentence for whoever reads the Pod's events. */
export function resolveImage(reference: string): Image {
  const { name, tag } = parseImage(reference);
  try {
    const entry = table[name];
    if (entry === undefined) {
      const known = Object.keys(table).join(', ');
      throw new ImageError(
        `the embedded cluster downloads nothing, and knows programs for these images only: ${known}`,
      );
    }
    const image = entry(tag);
    const programs = { node: process.execPath, ...image.programs };
    return { ...image, env: { PATH: path, HOME: '/root', ...image.env }, programs };
  } catch (error) {
    if (error instanceof ImageError) error.message = `failed to pull image "${reference}": ${error.message}`;
    throw error;
  }
}
