/** Images of CNIs for nodes without a registry: programs from Go modules over a Debian root, in one archive. */
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import type { Cluster } from '../../cluster.ts';
import { tool } from '../../cni/tool.ts';
import { inCache } from '../../machine.ts';
import { needPackages } from '../engine/index.ts';
import { type Image, writeArchive } from './archive.ts';
import { type DebianRoot, debianRoot } from './debian.ts';

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

export interface OwnImages extends Recipe {
  built(this: void): boolean;
  /** Path of the archive, which is made if it is not there. Minutes the first time. */
  build(this: void, progress: (line: string) => void): Promise<string>;
  /** Imports the archive on every node, if it has been built. False: it has not, and nodes pull the official images. */
  load(this: void, cluster: Cluster): Promise<boolean>;
}

export function ownImages(recipe: Recipe): OwnImages {
  const archive = () => inCache('images', `${recipe.name}-${recipe.version}.tar`);
  const built = () => existsSync(archive());
  return {
    ...recipe,
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
  await mkdir(dirname(archive), { recursive: true });
  const programs = new Map<string, string>();
  // one after the other: each build uses every core
  for (const name of recipe.programs) {
    progress(`Program ${name}`);
    programs.set(name, await tool(name));
  }
  const root = await debianRoot(recipe.name, recipe.root, progress);
  progress(`Images of ${recipe.name}`);
  const work = await mkdtemp(join(dirname(archive), `${recipe.name}-`));
  try {
    const images = await recipe.images({
      root,
      async place(program, path) {
        await mkdir(dirname(path), { recursive: true });
        await cp(programs.get(program) as string, path);
        await chmod(path, 0o755);
      },
      async layer(name, lay) {
        const folder = join(work, name);
        await mkdir(folder);
        await lay(folder);
        const owned = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner'];
        await execa('tar', ['-C', folder, ...owned, '-cf', `${folder}.tar`, '.']);
        return `${folder}.tar`;
      },
    });
    await writeArchive(archive, images, await mkdtemp(join(work, 'archive-')));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
