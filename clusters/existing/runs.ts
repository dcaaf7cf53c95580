import { setTimeout as delay } from 'node:timers/promises';
import { CoreV1Api, type KubeConfig, type V1Namespace } from '@kubernetes/client-node';
import { asked } from './ask.ts';
import { isRunning, type Runner } from './runner.ts';

/** Label of every namespace of a run, its value the run; and who runs it, as JSON. The suite writes both. */
const runLabel = 'netvet.dev/run';
const runnerAnnotation = 'netvet.dev/runner';

/** What a run has left in a cluster. */
export interface LeftRun {
  id: string;
  namespaces: string[];
  /** Of its newest namespace. */
  createdAt: Date;
  /** Absent where its namespaces do not say. */
  runner?: Runner;
  /** undefined: cannot be known from here. */
  running: boolean | undefined;
}

async function namespacesOf(config: KubeConfig, id?: string): Promise<V1Namespace[]> {
  const labelSelector = id === undefined ? runLabel : `${runLabel}=${id}`;
  const core = config.makeApiClient(CoreV1Api);
  const { items } = await asked(config, () => core.listNamespace({ labelSelector }));
  return items;
}

function runnerOf(namespace: V1Namespace): Runner | undefined {
  try {
    return JSON.parse(namespace.metadata?.annotations?.[runnerAnnotation] ?? '') as Runner;
  } catch {
    return undefined; // an older netvet, or not netvet's writing
  }
}

/** Every run that has namespaces in the cluster, oldest first. */
export async function leftRuns(config: KubeConfig): Promise<LeftRun[]> {
  const byRun = Map.groupBy(await namespacesOf(config), ({ metadata }) => metadata?.labels?.[runLabel] ?? '');
  const runs = [...byRun].map(([id, namespaces]): LeftRun => {
    const runner = namespaces.map(runnerOf).find((each) => each !== undefined);
    const times = namespaces.map(({ metadata }) => metadata?.creationTimestamp?.getTime() ?? 0);
    return {
      id,
      namespaces: namespaces.map(({ metadata }) => metadata?.name ?? ''),
      createdAt: new Date(Math.max(...times)),
      ...(runner && { runner }),
      running: runner && isRunning(runner),
    };
  });
  return runs.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
}

/** Milliseconds between looks at namespaces that are going. */
const lookMs = 500;

/**
 * Deletes the namespaces of a run, found by label, and waits until they are gone: resolves with those that were not
 * after `patienceMs`. Idempotent. An API server that does not answer is asked again; rejects with its last word.
 */
export async function deleteRun(config: KubeConfig, id: string, patienceMs: number): Promise<string[]> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const last = Date.now() > deadline;
    const left = await look(config, id).catch((error: unknown) => {
      if (last) throw error;
      return undefined;
    });
    if (left?.length === 0 || (left && last)) return left;
    await delay(lookMs);
  }
}

/** The namespaces of a run that are there now; those that nobody has deleted are, by now. */
async function look(config: KubeConfig, id: string): Promise<string[]> {
  const core = config.makeApiClient(CoreV1Api);
  const left = await namespacesOf(config, id);
  const standing = left.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
  // gone already, or going
  const gone = (error: { code?: number }) => {
    if (error.code !== 404 && error.code !== 409) throw error;
  };
  const remove = async (name = '') => asked(config, () => core.deleteNamespace({ name }).catch(gone));
  await Promise.all(standing.map(({ metadata }) => remove(metadata?.name)));
  return left.map(({ metadata }) => metadata?.name ?? '');
}
