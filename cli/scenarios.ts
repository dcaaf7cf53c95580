import type { Cluster } from '../clusters/cluster.ts';
import {
  closingSummary,
  createCollector,
  openMessages,
  outcome,
  type RunMetadata,
  writeReports,
} from '../report/index.ts';
import { clusterFacts, cniFacts, environment } from './facts.ts';
import { failedCases, tagsWith, writeCases } from './fuzz.ts';
import type { RunOptions } from './options.ts';
import { version } from './paths.ts';
import type { Progress } from './progress.ts';
import { stays } from './providers.ts';
import { markLatest } from './reports.ts';
import { watchResources } from './resources.ts';
import { runSuite, stopSuite, worldParameters } from './suite.ts';
import { exitCode } from './usage.ts';

const codes = { passed: exitCode.passed, failed: exitCode.failed, broken: exitCode.broken } as const;

/**
 * Runs the scenarios on a cluster that is Ready, and writes the reports of what there is when they end or `stopped`
 * resolves. Resolves with the exit code.
 */
export async function runScenarios(
  options: RunOptions,
  cluster: Cluster,
  progress: Progress,
  { signal, stopped }: { signal: AbortSignal; stopped: Promise<void> },
): Promise<number> {
  const began = options.startedMs;
  const decided = Promise.withResolvers<void>();
  let isDecided = false;
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
      // places name scenarios one by one
      ...(options.places === undefined && { tags: tagsWith(options.fuzz, options.tags) }),
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
      onPace: progress.pace,
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
      ...((signal.aborted || isDecided) && { interrupted: true }),
    });
    await writeReports(run, options.report);
    if (options.isDefaultReport) markLatest(options.report);
    for (const text of failedCases(run)) console.error(`${text}\n`);
    console.error(closingSummary(run, options.report));
    if (options.keep && !stays(options) && !signal.aborted) {
      console.error(`the cluster is kept until Ctrl-C: KUBECONFIG=${cluster.kubeconfig}`);
      await stopped;
    }
    if (options.json) console.log(JSON.stringify(run.summary));
    if (signal.aborted) return exitCode.interrupted;
    return isDecided ? exitCode.failed : codes[outcome(run)];
  } finally {
    stopSuite();
  }
}
