import type { Cluster } from '../clusters/cluster.ts';
import { abandonBringUp, type BringUp, bringUp } from './bringup.ts';
import type { RunOptions } from './options.ts';
import { createProgress, type Progress } from './progress.ts';
import { stays } from './providers.ts';
import { durations } from './reports.ts';
import { stopSignal } from './stop.ts';
import { exitCode } from './usage.ts';

/** `netvet run`, where the cluster can be reached: the exit code. Results are written however the run ends. */
export async function runInside(options: RunOptions): Promise<number> {
  const began = options.startedMs;
  const progress = createProgress({
    stream: process.stderr,
    total: options.scenarios * options.repeat,
    typical: await durations('.netvet/latest/run.json'),
  });
  const entered = await enter(options, progress);
  if (entered === undefined) return exitCode.interrupted;
  const { cluster, ...until } = entered;
  progress.note(`Ready ${((Date.now() - began) / 1000).toFixed(1)} s after the command`);
  try {
    // not before: the suite and what reads the cluster take as long to load as a cluster takes to start
    const { runScenarios } = await import('./scenarios.ts');
    return await runScenarios(options, cluster, progress, until);
  } finally {
    await leave(cluster, options);
  }
}

/** The cluster, and the signal that ends what is done on it. Undefined: the signal came first, and all is undone. */
export async function enter(options: BringUp & Pick<RunOptions, 'unavailable'>, progress: Progress) {
  const stop = new AbortController();
  const stopped = stopSignal().then(() => stop.abort());
  const starting = bringUp(options, progress).catch((error: unknown) => {
    progress.end();
    throw error;
  });
  const cluster = await Promise.race([starting, stopped]);
  if (cluster) {
    for (const reason of missingOn(options)) progress.note(`Going without: ${reason}`);
    return { cluster, signal: stop.signal, stopped };
  }
  progress.end();
  await abandonBringUp();
  return undefined;
}

/** What the user of an existing cluster may not do there; what was left out on purpose says so scenario by scenario. */
function missingOn({ existing, unavailable }: Pick<RunOptions, 'existing' | 'unavailable'>): string[] {
  if (existing === undefined) return [];
  return Object.entries(unavailable).flatMap(([what, reason]) => (what === 'disruption' ? [] : [reason]));
}

/** Deletes the cluster; of one that stays, only what the run has made on it. */
export async function leave(cluster: Cluster, options: Parameters<typeof stays>[0] & { mark: string }): Promise<void> {
  if (cluster.provider === 'existing' || stays(options)) {
    // a scenario that was cut short has not done so
    const { takeBackOn } = await import('./taking-back.ts');
    if (!(await takeBackOn(cluster, options.mark)) && stays(options)) {
      // its Pods are the way to the nodes
      console.error('netvet: the run stays for that, until netvet cleanup has done it');
      return;
    }
  }
  if (!stays(options)) return cluster.delete();
  const { configOf, deleteRun, namespacesGoneMs } = await import('../clusters/existing/index.ts');
  const config = configOf({ kubeconfig: cluster.kubeconfig, context: cluster.context });
  await deleteRun(config, options.mark, namespacesGoneMs);
  const { name } = cluster;
  console.error(`the cluster stays: netvet cluster shell ${name} enters it, netvet cluster delete ${name} deletes it`);
}
