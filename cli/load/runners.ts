import type { Cluster } from '../../clusters/cluster.ts';
import type { Runners } from '../../steps/paths/index.ts';
import { testRunPermission } from '../../steps/permissions.ts';
import type { Progress } from '../progress.ts';
import { mirrored } from '../suite.ts';
import type { LoadOptions } from './options.ts';

/** What reports call them. */
export const runnersIn = (runners: Runners | undefined): string => {
  if (runners === undefined) return '';
  const by = runners.by === 'Job' ? 'an indexed Job' : 'a TestRun of the k6-operator';
  return `, from ${runners.count} Pods of ${by}`;
};

/** Runners of `--distributed`: the k6-operator's if it is there or can be installed, else a Job's, with a note. */
export async function runnersOn(
  cluster: Cluster,
  options: Pick<LoadOptions, 'distributed' | 'operator' | 'existing' | 'registry'>,
  progress: Pick<Progress, 'note' | 'stage' | 'stageDone'>,
): Promise<Runners | undefined> {
  const { distributed: count, operator, registry, existing } = options;
  if (count === undefined) return undefined;
  const { operatorRelease } = await import('../../clusters/k6-operator.ts');
  const { starterImage: image } = operatorRelease;
  const starterImage = existing && registry !== undefined ? mirrored(image, registry) : image;
  const reason = await without(cluster, operator, progress);
  if (reason !== undefined) progress.note(`${count} runners as an indexed Job: ${reason}`);
  return { count, starterImage, by: reason === undefined ? 'TestRun' : 'Job' };
}

/** Why the k6-operator is not used; undefined: it is there. */
async function without(
  { provider, kubeconfig, context }: Cluster,
  operator: LoadOptions['operator'],
  progress: Pick<Progress, 'stage' | 'stageDone'>,
): Promise<string | undefined> {
  // an embedded cluster's API has no resources but its own
  if (provider === 'embedded') return operator;
  const where = { kubeconfig, ...(context !== undefined && { context }) };
  const { installOperator, operatorRelease, servesTestRuns } = await import('../../clusters/k6-operator.ts');
  if (await servesTestRuns(where)) return forbidden(where);
  if (operator !== 'install') return operator;
  const { version } = operatorRelease;
  progress.stage(`Installing the k6-operator ${version}`);
  try {
    await installOperator(where);
    return undefined;
  } catch (error) {
    return `the k6-operator ${version} could not be installed: ${(error as Error).message}`;
  } finally {
    progress.stageDone();
  }
}

/** Whoever may make Jobs need not be allowed to make TestRuns. */
async function forbidden(where: Pick<Cluster, 'kubeconfig' | 'context'>): Promise<string | undefined> {
  const { configOf, lackingOf, sentenceOf, userOf } = await import('../../clusters/existing/index.ts');
  const config = configOf({ kubeconfig: where.kubeconfig, context: where.context });
  const [lacking] = await lackingOf(config, [testRunPermission]);
  return lacking && sentenceOf(lacking, await userOf(config));
}
