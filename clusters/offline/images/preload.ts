/** Puts images into the node image, unpacked: a node then has them from its first moment. */
import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { execIn, importImages, importMs, succeedIn } from '../../kind/exec.ts';
import { label, owner } from '../../kind/labels.ts';
import { waitFor } from '../../kind/wait.ts';

export interface Preload {
  /** Name in the engine. */
  local: string;
  /** Names on the node, like docker.io/library/node:24. */
  references: string[];
}

/**
 * Has containerd in a container of `base` import the images, and makes `tag` of that container, with what containerd
 * has then in /kind/containerd. Layers as they were packed are left out: nobody uses them.
 */
export async function preload(
  docker: Docker,
  options: {
    base: string;
    tag: string;
    labels: Record<string, string>;
    images: Preload[];
    progress(line: string): void;
  },
): Promise<void> {
  const container = await docker.createContainer({
    Image: options.base,
    Entrypoint: ['sleep', 'infinity'],
    Labels: { [label.builder]: 'running', [label.owner]: owner() },
    HostConfig: {
      Privileged: true,
      NetworkMode: 'none',
      // containerd's overlays need a file system that is none itself; unlike an image's volume, this is not committed
      Mounts: [{ Type: 'volume', Source: '', Target: '/var/lib/containerd' }],
    },
  });
  try {
    await container.start();
    await (await container.exec({ Cmd: ['containerd'] })).start({ Detach: true });
    await waitFor('containerd in the node image to answer', 30_000, async () => {
      const { exitCode } = await execIn(container, ['ctr', 'version']);
      return exitCode === 0;
    });
    for (const image of options.images) {
      options.progress(`Putting ${image.references[0]} into the node image`);
      await load(docker, container, image);
    }
    await keep(container);
    const [repo, tag] = options.tag.split(':');
    const labels = Object.entries({ ...options.labels, [label.builder]: 'done' }).map(
      ([key, value]) => `LABEL ${key}=${JSON.stringify(value)}`,
    );
    const changes = ['ENTRYPOINT []', ...labels].join('\n');
    await container.commit({ repo, tag, changes });
  } finally {
    await container.remove({ force: true, v: true });
  }
}

async function load(docker: Docker, node: Docker.Container, { local, references }: Preload): Promise<void> {
  await importImages(node, (await docker.getImage(local).get()) as Readable);
  const images = ['ctr', '--namespace', 'k8s.io', 'images'];
  const imported = `docker.io/${local}`;
  await succeedIn(node, [...images, 'tag', '--force', imported, ...references]);
  await succeedIn(node, [...images, 'rm', '--sync', imported]);
}

/** Ends containerd, so that its database is whole, and moves what it has out of the volume. */
async function keep(node: Docker.Container): Promise<void> {
  const script = `
set -e
ctr --namespace k8s.io content prune references
pkill -TERM -x containerd
while pgrep -x containerd >/dev/null; do sleep 0.1; done
rm -rf /var/lib/containerd/tmpmounts/* /var/lib/containerd/io.containerd.content.v1.content/ingest/*
cp -a /var/lib/containerd /kind/containerd
rm -rf /run/containerd`;
  await succeedIn(node, ['bash', '-c', script], { timeoutMs: importMs });
}
