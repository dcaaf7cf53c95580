/** What is sent to the engine to make one image: a folder with a Dockerfile. */
import { cp, link, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type Docker from 'dockerode';
import { execa } from 'execa';
import { ended } from '../../kind/engine.ts';
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

const pathInImage = (plan: ImagePlan, program: string): string =>
  isPlugin(program) ? `/opt/cni/bin/${program}` : `/usr/${plan.name === 'loaded' ? '' : 'local/'}bin/${program}`;

/** Builds the image. `directory`: where the folder is made; the caller removes it. */
export async function buildImage(
  docker: Docker,
  plan: ImagePlan,
  parts: Parts,
  options: { directory: string; tag: string; labels: Record<string, string>; edit?: (folder: string) => Promise<void> },
): Promise<void> {
  const folder = await mkdtemp(join(options.directory, `${plan.name}-`));
  const files = join(folder, 'files');
  await mkdir(files);
  if (plan.files !== undefined) await cp(join(import.meta.dirname, plan.files), files, { recursive: true });
  const programs = Object.entries(parts.programs).map(([name, path]) => [pathInImage(plan, name), path] as const);
  for (const [target, path] of [...Object.entries(parts.others), ...programs]) {
    await mkdir(dirname(join(files, target)), { recursive: true });
    await place(path, join(files, target));
  }
  if (parts.root !== undefined) await place(parts.root, join(folder, 'root.tar'));
  await writeFile(join(folder, 'Dockerfile'), dockerfile(plan, parts.root !== undefined));
  await options.edit?.(files);
  const tar = execa('tar', ['-C', folder, '--owner=0', '--group=0', '-c', '.'], { buffer: false });
  const { tag: t, labels } = options;
  await ended(docker, await docker.buildImage(tar.stdout, { t, labels, version: '1', forcerm: true }));
  await tar;
}
