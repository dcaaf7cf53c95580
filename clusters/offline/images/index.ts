/** Images that are built where no registry has them to give: those of a kind cluster. Those of CNIs are in cni.ts. */
import type Docker from 'dockerode';
import { officialImage } from '../../kind/node-image.ts';
import { builtHash, hashOf } from './build.ts';
import { localReference, plans } from './plan.ts';

export { buildImages } from './build.ts';
export { plans } from './plan.ts';

/** What a run on kind needs, and what of it is there. */
export interface ImageState {
  name: string;
  /** Names by which nodes and Pods know it. The node image's: what a registry has in its place. */
  references: string[];
  /** ready: built, of what would be built now. outdated: of something else. missing: not built. */
  state: 'ready' | 'outdated' | 'missing';
  note?: string | undefined;
}

/** All images, in the order in which they are built. `docker`: absent where no engine answers: then none is built. */
export async function imageStates(docker: Docker | undefined): Promise<ImageState[]> {
  return Promise.all(
    plans
      .filter(({ name }) => name !== 'loaded')
      .map(async (plan) => {
        const built = docker && (await builtHash(docker, localReference(plan.name)));
        const state = built === undefined ? 'missing' : built === (await hashOf(plan)) ? 'ready' : 'outdated';
        const references = plan.name === 'node' ? [officialImage()] : plan.references;
        return { name: plan.name, references, state, note: plan.note };
      }),
  );
}
