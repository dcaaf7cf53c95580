import { findCni } from '../clusters/cni/index.ts';
import {
  closingSummary,
  createCollector,
  openMessages,
  outcome,
  type RunMetadata,
  writeReports,
} from '../report/index.ts';
import { bringUp } from './bringup.ts';
import { clusterFacts, durations, environment } from './facts.ts';
import type { RunOptions } from './options.ts';
import { version } from './paths.ts';
import { createProgress } from './progress.ts';
import { markLatest } from './reports.ts';
import { runSuite, worldParameters } from './suite.ts';
import { exitCode } from './usage.ts';

const codes = { passed: exitCode.passed, failed: exitCode.failed, broken: exitCode.broken } as const;

/** `netvet run`, inside the namespaces. Returns the exit code; results that exist are written however the run ends. */
export async function runInside(options: RunOptions): Promise<number> {
  const began = options.startedMs;
  const progress = createProgress({
    stream: process.stderr,
    total: options.scenarios,
    typical: await durations('.netvet/latest/run.json'),
  });
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
  const stopped = new Promise<void>((resolve) =>
    stop.signal.addEventListener('abort', () => resolve(), { once: true }),
  );

  const starting = bringUp({ ...options, name: 'netvet' }, progress).catch((error: unknown) => {
    progress.end();
    throw error;
  });
  const cluster = await Promise.race([starting, stopped]);
  if (cluster === undefined) {
    progress.end();
    return exitCode.interrupted;
  }
  progress.note(`Ready ${((Date.now() - began) / 1000).toFixed(1)} s after the command`);
  try {
    const cni = await findCni(options.cni);
    const metadata: RunMetadata = {
      id: options.id,
      startedAt: new Date(began).toISOString(),
      command: options.command,
      netvet: version,
      cluster: { provider: cluster.provider, ...(await clusterFacts(cluster)) },
      cni: { name: cni.name, version: cni.version },
      environment: environment(),
    };
    const messages = await openMessages(options.report);
    const collector = createCollector();
    const suite = runSuite({
      tags: options.tags,
      parallel: options.parallel,
      world: worldParameters(cluster.kubeconfig, options),
      onEnvelope(envelope) {
        messages.write(envelope);
        const finished = collector.envelope(envelope);
        progress.envelope(envelope, finished);
      },
    });
    await Promise.race([suite, stopped]);
    progress.end();
    await messages.close();

    const run = collector.run({
      ...metadata,
      durationMs: Date.now() - began,
      ...(stop.signal.aborted && { interrupted: true }),
    });
    await writeReports(run, options.report);
    if (options.isDefaultReport) markLatest(options.report);
    console.error(closingSummary(run, options.report));
    if (options.keep && !stop.signal.aborted) {
      console.error(`the cluster is kept until Ctrl-C: KUBECONFIG=${cluster.kubeconfig}`);
      await stopped;
    }
    if (options.json) console.log(JSON.stringify(run.summary));
    return run.interrupted ? exitCode.interrupted : codes[outcome(run)];
  } finally {
    await cluster.delete();
  }
}
