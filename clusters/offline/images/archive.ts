/** Image archives as `docker save` writes them, made without any engine: tar files, and JSON that tells about them. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';

export interface Image {
  reference: string;
  /** Tar files, the lowest first. */
  layers: string[];
  /** As in a Dockerfile. */
  environment: Record<string, string>;
  command?: string[];
  entrypoint?: string[];
}

const architectures: Record<string, string> = { x64: 'amd64', arm64: 'arm64' };

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** The image's own description: https://github.com/opencontainers/image-spec/blob/main/config.md */
function configuration({ environment, command, entrypoint }: Image, layers: readonly string[]): string {
  return JSON.stringify({
    architecture: architectures[process.arch] ?? process.arch,
    os: 'linux',
    config: {
      Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      ...(command && { Cmd: command }),
      ...(entrypoint && { Entrypoint: entrypoint }),
    },
    rootfs: { type: 'layers', diff_ids: layers.map((digest) => `sha256:${digest}`) },
    history: layers.map(() => ({ created_by: 'netvet' })),
  });
}

/**
 * Writes an archive of images, whole or not at all. `folder`: an empty one beside the layers, the caller's to remove.
 */
export async function writeArchive(file: string, images: readonly Image[], folder: string): Promise<void> {
  const manifest = [];
  for (const image of images) {
    const digests: string[] = [];
    for (const layer of image.layers) {
      const digest = await sha256(layer);
      await mkdir(join(folder, digest), { recursive: true });
      await link(layer, join(folder, digest, 'layer.tar')).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      });
      digests.push(digest);
    }
    const config = configuration(image, digests);
    const name = `${createHash('sha256').update(config).digest('hex')}.json`;
    await writeFile(join(folder, name), config);
    const layers = digests.map((digest) => `${digest}/layer.tar`);
    manifest.push({ Config: name, RepoTags: [image.reference], Layers: layers });
  }
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
  const unfinished = `${file}.${process.pid}`;
  await execa('tar', ['-C', folder, '-cf', unfinished, '.']);
  await rename(unfinished, file);
}
