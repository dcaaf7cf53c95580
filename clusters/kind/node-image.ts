/** Which node image a kind cluster is made of: the one that was named, netvet's own, or kind's official one. */
import type Docker from 'dockerode';
import type { CreateOptions } from '../cluster.ts';
import { kubernetes, nodeImage } from '../offline/images/plan.ts';
import { ended } from './engine.ts';
import { label } from './labels.ts';

/**
 * Version of Kubernetes -> digest, the oldest first: kind's releases v0.30.0, v0.31.0, v0.33.0. Tags have been moved.
 * https://github.com/kubernetes-sigs/kind/releases
 */
const digests: Record<string, string> = {
  '1.34.0': '7416a61b42b1662ca6ca89f02028ac133a309a2a30ba309614e8ec94d976dc5a',
  '1.34.11': '44e222ee2132dab25ff87301682f89eb82c7880ea3a1bf543bfe9708fd08d67d',
  '1.35.0': '452d707d4862f52530247495d180205e029056831160e22870e37e3f6c1ac31f',
  '1.35.8': '07b2536e30b803ed61d1677a79df6115f798ce64c80f9e22f6ed45afd09323c0',
  '1.36.4': '099e049362a1526b2db71494e1947aae99bd16290d7c895f2b7ea312e3cbfaed',
  '1.37.0': 'a1ed56cfb0e7b93589bdf97c8cd566405a265939e3620fc4f5de89adff580ae5',
};

/** The newest published image of a version, like 1.34, v1.34 or v1.34.0. Default: the version netvet is tried with. */
export function officialImage(version = '1.34.11'): string {
  const wanted = version.replace(/^v/, '');
  const known = Object.keys(digests);
  const found = known.findLast((each) => each === wanted || each.startsWith(`${wanted}.`));
  if (found !== undefined) return `kindest/node:v${found}@sha256:${digests[found]}`;
  throw new Error(
    `no node image of Kubernetes ${version} is known here: there are ${known.join(', ')}, and --image takes any other`,
  );
}

export type NodeImage = Awaited<ReturnType<typeof chooseImage>>;

type ImageChoice = Pick<CreateOptions, 'image' | 'kubernetes' | 'registry'>;

/** The image to use: what was named, else the one built here if it is of that version, else kind's own. */
export function wantedImage(choice: ImageChoice, isBuilt: boolean): string {
  if (choice.image !== undefined) return choice.image;
  const wanted = choice.kubernetes?.replace(/^v?/, 'v');
  const fits = wanted === undefined || wanted === kubernetes || kubernetes.startsWith(`${wanted}.`);
  if (isBuilt && fits) return nodeImage;
  // a mirror has the same repository under another host
  const official = officialImage(choice.kubernetes);
  return choice.registry === undefined ? official : `${choice.registry.replace(/\/$/, '')}/${official}`;
}

const inspect = (docker: Docker, reference: string) =>
  docker
    .getImage(reference)
    .inspect()
    .catch(() => undefined);

/** The node image, pulled where it is not there. Rejects with what to type where it cannot be had. */
export async function chooseImage(docker: Docker, choice: ImageChoice, progress: (stage: string) => void) {
  const isBuilt = (await inspect(docker, nodeImage)) !== undefined;
  const reference = wantedImage(choice, isBuilt);
  let found = await inspect(docker, reference);
  if (found === undefined) {
    progress(`Pulling ${reference}`);
    await pull(docker, reference);
    found = await inspect(docker, reference);
  }
  const labels = found?.Config.Labels ?? {};
  // what its maker says is in it; images of others have no such labels
  const built = { etcdTag: labels[label.etcd] ?? '', dnsTag: labels[label.coredns] ?? '' };
  return { reference, built: labels[label.kubernetes] === undefined ? undefined : built };
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
