/** Which node image a kind cluster is made of: the one that was named, netvet's own, or kind's official one. */
import type Docker from 'dockerode';
import type { CreateOptions } from '../../cluster.ts';
import { kubernetes, nodeImage } from '../../offline/images/plan.ts';
import { ended } from '../engine.ts';
import { label } from '../labels.ts';
import { mirrored, officialImage } from './official.ts';

export interface NodeImage {
  reference: string;
  /** What its maker says is in it. Absent for images of others. */
  built?: { etcdTag: string; dnsTag: string } | undefined;
}

type ImageChoice = Pick<CreateOptions, 'image' | 'kubernetes' | 'registry'>;

/**
 * The image to use, without asking whether it is there: what was named, else the one built here if it is of that
 * version, else kind's own.
 */
export function wantedImage(choice: ImageChoice, isBuilt: boolean): string {
  if (choice.image !== undefined) return choice.image;
  const wanted = choice.kubernetes?.replace(/^v?/, 'v');
  const fits = wanted === undefined || wanted === kubernetes || kubernetes.startsWith(`${wanted}.`);
  if (isBuilt && fits) return nodeImage;
  return mirrored(officialImage(choice.kubernetes), choice.registry);
}

const inspect = (docker: Docker, reference: string) =>
  docker
    .getImage(reference)
    .inspect()
    .catch(() => undefined);

/** The node image, pulled where it is not there. Rejects with what to type where it cannot be had. */
export async function chooseImage(
  docker: Docker,
  choice: ImageChoice,
  progress: (stage: string) => void,
): Promise<NodeImage> {
  const isBuilt = (await inspect(docker, nodeImage)) !== undefined;
  const reference = wantedImage(choice, isBuilt);
  let found = await inspect(docker, reference);
  if (found === undefined) {
    progress(`Pulling ${reference}`);
    await pull(docker, reference);
    found = await inspect(docker, reference);
  }
  const labels = found?.Config.Labels ?? {};
  if (labels[label.kubernetes] === undefined) return { reference };
  return { reference, built: { etcdTag: labels[label.etcd] ?? '', dnsTag: labels[label.coredns] ?? '' } };
}

async function pull(docker: Docker, reference: string): Promise<void> {
  try {
    await ended(docker, await docker.pull(reference));
  } catch (error) {
    const why = (error as Error).message;
    const remedy = `"netvet cluster image build" makes one of Kubernetes ${kubernetes} without a registry; `;
    throw new Error(
      `the node image ${reference} is not here and could not be pulled (${why}). ${remedy}` +
        '--image and --registry name others',
      { cause: error },
    );
  }
}
