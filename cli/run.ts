import type { Cluster } from '../clusters/cluster.ts';
import {
  closingSummary,
  createCollector,
  openMessages,
  outcome,
  type RunMetadata,
  writeReports,
} from '../report/index.ts';
import { abandonBringUp, bringUp } from './bringup.ts';
import { clusterFacts, cniFacts, durations, environment } from './facts.ts';
import { failedCases, tagsWith, writeCases } from './fuzz.ts';
import type { RunOptions } from './options.ts';
import { version } from './paths.ts';
import { createProgress } from './progress.ts';
import { stays } from './providers.ts';
import { markLatest } from './reports.ts';
import { watchResources } from './resources.ts';
import { stopSignal } from './stop.ts';
import { runSuite, stopSuite, worldParameters } from './suite.ts';
import { exitCode } from './usage.ts';

const codes = { passed: exitCode.passed, failed: exitCode.failed, broken: exitCode.broken } as const;

/** `netvet run`, where the cluster can be reached. Returns the exit code; results that exist are written however the run ends. */
export async function runInside(options: RunOptions): Promise<number> {
  const began = options.startedMs;
  const progress = createProgress({
    stream: process.stderr,
    total: options.scenarios * options.repeat,
    typical: await durations('.netvet/latest/run.json'),
  });
  const stop = new AbortController();
  const decided = Promise.withResolvers<void>();
  let isDecided = false;
  const stopped = stopSignal().then(() => stop.abort());

  const starting = bringUp(options, progress).catch((error: unknown) => {
    progress.end();
    throw error;
  });
  const cluster = await Promise.race([starting, stopped]);
  if (!cluster) {
    progress.end();
    await abandonBringUp();
    return exitCode.interrupted;
  }
  for (const reason of missingOn(options)) progress.note(`Going without: ${reason}`);
  progress.note(`Ready ${((Date.now() - began) / 1000).toFixed(1)} s after the command`);
  try {
    const metadata: RunMetadata = {
      id: options.id,
      startedAt: new Date(began).toISOString(),
      command: options.command,
      netvet: version,
      cluster: { provider: cluster.provider, ...(await clusterFacts(cluster)) },
      cni: { ...(await cniFacts(cluster, options.cni)), ...(options.mutant && { mutant: options.mutant }) },
      environment: environment(),
      profile: options.profile,
      ...(options.repeat > 1 && { repeat: options.repeat }),
    };
    // the embedded cluster's kubelets count nothing
    const needed = ['resources', 'installed CNI'].every((what) => options.unavailable[what] === undefined);
    const counts = cluster.provider !== 'embedded' && needed;
    const resources = counts ? await watchResources(cluster) : undefined;
    const messages = await openMessages(options.report);
    const collector = createCollector();
    const suite = runSuite({
      tags: tagsWith(options.fuzz, options.tags),
      parallel: options.parallel,
      repeat: options.repeat,
      ...(options.fuzz && { generated: await writeCases(options.fuzz, options.report) }),
      ...(options.places && { places: options.places }),
      world: worldParameters(cluster, options),
      onEnvelope(envelope) {
        messages.write(envelope);
        const finished = collector.envelope(envelope);
        progress.envelope(envelope, finished);
        if (options.untilFailed !== true || finished?.status !== 'failed') return;
        isDecided = true;
        decided.resolve();
      },
    });
    await Promise.race([suite, stopped, decided.promise]);
    progress.end();
    await messages.close();

    const used = (await resources?.stop()) ?? [];
    const run = collector.run({
      ...metadata,
      ...(used.length > 0 && { resources: used }),
      durationMs: Date.now() - began,
      // what ran when the first scenario failed is left out, and so are those that would have come
      ...((stop.signal.aborted || isDecided) && { interrupted: true }),
    });
    await writeReports(run, options.report);
    if (options.isDefaultReport) markLatest(options.report);
    for (const text of failedCases(run)) console.error(`${text}\n`);
    console.error(closingSummary(run, options.report));
    if (options.keep && !stays(options) && !stop.signal.aborted) {
      console.error(`the cluster is kept until Ctrl-C: KUBECONFIG=${cluster.kubeconfig}`);
      await stopped;
    }
    if (options.json) console.log(JSON.stringify(run.summary));
    if (stop.signal.aborted) return exitCode.interrupted;
    return isDecided ? exitCode.failed : codes[outcome(run)];
  } finally {
    stopSuite();
    await leave(cluster, options);
  }
}

/** What the user of an existing cluster may not do there; what was left out on purpose says so scenario by scenario. */
export function missingOn({ existing, unavailable }: Pick<RunOptions, 'existing' | 'unavailable'>): string[] {
  if (existing === undefined) return [];
  return Object.entries(unavailable).flatMap(([what, reason]) => (what === 'disruption' ? [] : [reason]));
}

/** Deletes the cluster; of one that stays, only what the run has made on it. */
export async function leave(cluster: Cluster, options: Parameters<typeof stays>[0] & { mark: string }): Promise<void> {
  if (!stays(options)) return cluster.delete();
  const { configOf, deleteRun, namespacesGoneMs } = await import('../clusters/existing/index.ts');
  const config = configOf({ kubeconfig: cluster.kubeconfig, context: cluster.context });
  await deleteRun(config, options.mark, namespacesGoneMs);
  console.error(
    `the cluster stays: netvet cluster shell ${cluster.name} enters it, netvet cluster delete ${cluster.name} deletes it`,
  );
}
