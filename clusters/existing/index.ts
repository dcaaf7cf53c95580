/**
 * Clusters that somebody else made, by the context of a kubeconfig. Nothing is installed on them, no node is entered,
 * and all that a run makes lies in namespaces that carry its label; those are what delete() takes away.
 */
import type { ClusterProvider } from '../cluster.ts';
import { type ContextIn, configOf } from './kubeconfig.ts';
import { deleteRun } from './runs.ts';

export { lackingOf, type Need, sentenceOf, userOf } from './access.ts';
export { installedOn } from './installed.ts';
export { type ContextIn, configOf, findContext, kubeconfigFiles } from './kubeconfig.ts';
export { deleteRun, type LeftRun, leftRuns } from './runs.ts';

/** Milliseconds for namespaces to go: a Pod's grace period and the controllers' share, with room on a busy cluster. */
export const namespacesGoneMs = 120_000;

export interface ExistingOptions extends ContextIn {
  /** The run whose namespaces go in the end. */
  run: string;
  /** One line for people. */
  say(this: void, text: string): void;
}

/** The cluster behind a context. create() makes nothing: it is there. */
export function existing({ run, say, ...where }: ExistingOptions): ClusterProvider {
  return {
    create: async () => ({
      name: where.context,
      provider: 'existing',
      ...where,
      async delete() {
        const began = Date.now();
        say(`Deleting what this run made on ${where.context} ...`);
        const left = await deleteRun(configOf(where), run, namespacesGoneMs).catch((error: Error) => [error.message]);
        const seconds = ((Date.now() - began) / 1000).toFixed(1);
        if (left.length === 0) return say(`Nothing of this run is left (after ${seconds} s)`);
        say(
          `Not all of this run is gone after ${seconds} s: ${left.join(', ')}; ` +
            `netvet cleanup --cluster ${where.context} --run ${run} deletes it`,
        );
      },
    }),
    list: async () => [],
    delete: async () => {},
  };
}
