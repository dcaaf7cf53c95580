/**
 * Images of CNIs, built where no registry has them to give: programs from Go modules, laid over a Debian root, in one archive that is
 * loaded on nodes. What was finished before an interruption is not done again.
 */
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import type { Cluster } from '../../cluster.ts';
import { needPackages } from '../engine/index.ts';
import { type Image, writeArchive } from './archive.ts';
import { type DebianRoot, debianRoot } from './debian.ts';
import { tool } from '../../cni/tool.ts';

/** What the images of one CNI are made of. */
export interface Recipe {
  /** What `netvet cluster image build --only` calls it. */
  name: string;
  /** Versions of what is in it: another one is another archive. */
  version: string;
  /** Of scripts/tool.sh. */
  programs: readonly string[];
  root: DebianRoot;
  /** Says which images there are. `parts`: what they are made of. */
  images(this: void, parts: Parts): Promise<Image[]>;
}

export interface Parts {
  /** Puts a program to a path in a layer's folder. */
  place(this: void, program: string, path: string): Promise<void>;
  /** Tar file of the Debian root. */
  root: string;
  /** Tar file of what `lay` puts into an empty folder. */
  layer(this: void, name: string, lay: (folder: string) => Promise<void>): Promise<string>;
}

export interface OwnImages {
  /** What `netvet cluster image build --only` calls them. */
  name: string;
  built(this: void): boolean;
  /** Path of the archive, which is made if it is not there. Minutes the first time. */
  build(this: void, progress: (line: string) => void): Promise<string>;
  /** Imports the archive on every node, if it has been built. False: it has not, and nodes pull the official images. */
  load(this: void, cluster: Cluster): Promise<boolean>;
}

const cache = (): string => join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'netvet');

export function ownImages(recipe: Recipe): OwnImages {
  const archive = () => join(cache(), 'images', `${recipe.name}-${recipe.version}.tar`);
  const built = () => existsSync(archive());
  return {
    name: recipe.name,
    built,
    async build(progress) {
      if (!built()) await build(recipe, archive(), progress);
      return archive();
    },
    async load(cluster) {
      if (!built() || cluster.loadImages === undefined) return false;
      await cluster.loadImages(archive());
      return true;
    },
  };
}

async function build(recipe: Recipe, archive: string, progress: (line: string) => void): Promise<void> {
  await needPackages('images', progress);
  const folder = dirname(archive);
  await mkdir(folder, { recursive: true });
  const programs = new Map<string, string>();
  // one after the other: each build uses every core
  for (const name of recipe.programs) {
    progress(`Program ${name}`);
    programs.set(name, await tool(name));
  }
  const root = await debianRoot(recipe.name, recipe.root, cache(), progress);
  progress(`Images of ${recipe.name}`);
  const work = await mkdtemp(join(folder, `${recipe.name}-`));
  try {
    const images = await recipe.images({
      root,
      async place(program, path) {
        await mkdir(dirname(path), { recursive: true });
        await cp(programs.get(program) as string, path);
        await chmod(path, 0o755);
      },
      async layer(name, lay) {
        await mkdir(join(work, name));
        await lay(join(work, name));
        return layer(join(work, name));
      },
    });
    await writeArchive(archive, images, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function layer(folder: string): Promise<string> {
  const file = `${folder}.tar`;
  await execa('tar', ['-C', folder, '--sort=name', '--owner=0', '--group=0', '--numeric-owner', '-cf', file, '.']);
  return file;
}
