/** What is sent to the engine to make one image: a folder with a Dockerfile. */
import { cp, link, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { execa } from 'execa';
import { type ImagePlan, isPlugin, localReference } from './plan.ts';

export interface Parts {
  /** Tar file of the root file system. */
  root?: string | undefined;
  /** Name -> path. */
  programs: Record<string, string>;
  /** Path in the image -> path here, for what is neither. */
  others: Record<string, string>;
}

/** Instant where both are on one file system, which the cache is on. */
const place = (from: string, to: string) => link(from, to).catch(() => cp(from, to));

export function dockerfile(plan: ImagePlan, hasRoot: boolean): string {
  const root = hasRoot ? ['ADD root.tar /'] : [];
  const from = plan.from === undefined ? 'scratch' : localReference(plan.from);
  return [`FROM ${from}`, ...root, 'COPY files/ /', ...plan.settings, ''].join('\n');
}

/** Builds the image. `directory`: where the folder is made for as long as that takes. */
export async function buildImage(
  docker: Docker,
  plan: ImagePlan,
  parts: Parts,
  options: { directory: string; tag: string; labels: Record<string, string>; edit?: (folder: string) => Promise<void> },
): Promise<void> {
  const folder = await mkdtemp(join(options.directory, `${plan.name}-`));
  try {
    const files = join(folder, 'files');
    await mkdir(files);
    if (plan.files !== undefined) await cp(join(import.meta.dirname, plan.files), files, { recursive: true });
    const placed = { ...parts.others };
    for (const [name, path] of Object.entries(parts.programs)) {
      placed[isPlugin(name) ? `/opt/cni/bin/${name}` : `/usr/${plan.name === 'loaded' ? '' : 'local/'}bin/${name}`] =
        path;
    }
    for (const [target, path] of Object.entries(placed)) {
      await mkdir(join(files, target, '..'), { recursive: true });
      await place(path, join(files, target));
    }
    if (parts.root !== undefined) await place(parts.root, join(folder, 'root.tar'));
    await writeFile(join(folder, 'Dockerfile'), dockerfile(plan, parts.root !== undefined));
    await options.edit?.(files);
    const tar = execa('tar', ['-C', folder, '--owner=0', '--group=0', '-c', '.'], { buffer: false });
    const stream = await docker.buildImage(tar.stdout, {
      t: options.tag,
      labels: options.labels,
      version: '1',
      forcerm: true,
    });
    await ended(docker, stream);
    await tar;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Rejects with the builder's own words. */
function ended(docker: Docker, stream: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve, reject) => {
    docker.modem.followProgress(stream, (error, output: { error?: string }[]) => {
      const said = output?.find((each) => each.error !== undefined)?.error;
      if (error || said) reject(new Error(said ?? error?.message));
      else resolve();
    });
  });
}
