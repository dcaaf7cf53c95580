import type { Cluster } from '../clusters/cluster.ts';
import { createCollector, openMessages, outcome, type RunMetadata } from '../report/index.ts';
import { conclude, runFacts } from './facts.ts';
import { tagsWith, writeCases } from './fuzz.ts';
import type { RunOptions } from './options.ts';
import type { Progress } from './progress.ts';
import { watchResources } from './resources.ts';
import type { Until } from './stop.ts';
import { runSuite, stopSuite, worldParameters } from './suite.ts';
import { exitCode } from './usage.ts';

/** Runs the scenarios on a Ready cluster and reports what there is at the end or when stopped: the exit code. */
export async function runScenarios(options: RunOptions, cluster: Cluster, progress: Progress, until: Until) {
  const decided = Promise.withResolvers<void>();
  let isDecided = false;
  try {
    const facts = await runFacts(cluster, options);
    const metadata: RunMetadata = {
      ...facts,
      cni: { ...facts.cni, ...(options.mutant && { mutant: options.mutant }) },
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
    await Promise.race([suite, until.stopped, decided.promise]);
    progress.end();
    await messages.close();

    const used = (await resources?.stop()) ?? [];
    const run = collector.run({
      ...metadata,
      ...(used.length > 0 && { resources: used }),
      durationMs: Date.now() - options.startedMs,
      // what ran when the first scenario failed is left out, and so are those that would have come
      ...((until.signal.aborted || isDecided) && { interrupted: true }),
    });
    await conclude(run, cluster, options, until, run.summary);
    if (until.signal.aborted) return exitCode.interrupted;
    return isDecided ? exitCode.failed : exitCode[outcome(run)];
  } finally {
    stopSuite();
  }
}
