import type { Cluster } from '../../clusters/cluster.ts';
import { type Script, scripts } from '../../load/index.ts';
import { outcome, type Run, summarize } from '../../report/index.ts';
import { Meter, type PathKind, Paths, pathNames, pathsOf, type Runners } from '../../steps/paths/index.ts';
import { Worker } from '../../steps/worker.ts';
import { conclude, runFacts } from '../facts.ts';
import { profileOf } from '../profiles.ts';
import { createProgress, type Progress } from '../progress.ts';
import { enter, leave } from '../run.ts';
import type { Until } from '../stop.ts';
import { stopSuite, worldParameters } from '../suite.ts';
import { exitCode } from '../usage.ts';
import { createLoadDisplay } from './display.ts';
import { judge } from './judge.ts';
import type { LoadOptions } from './options.ts';
import { Results, rampStepCount } from './results.ts';
import { runnersIn, runnersOn } from './runners.ts';

/** `netvet load`, where the cluster can be reached: the exit code. Results are written however it ends. */
export async function loadInside(options: LoadOptions): Promise<number> {
  const progress = createProgress({ stream: process.stderr });
  const entered = await enter(options, progress);
  if (entered === undefined) return exitCode.interrupted;
  const { cluster, ...until } = entered;
  try {
    return await loadOn(cluster, options, progress, until);
  } finally {
    progress.end();
    stopSuite();
    await leave(cluster, options);
  }
}

async function loadOn(cluster: Cluster, options: LoadOptions, progress: Progress, until: Until): Promise<number> {
  const script = scripts.find(({ name }) => name === options.script) as Script;
  const runners = await runnersOn(cluster, options, progress);
  const facts = await runFacts(cluster, options);
  const Load = `${script.name}, ${options.rate} a second, rounds of ${options.seconds} s${runnersIn(runners)}`;
  const results = new Results(script, options, pathsOf(runners !== undefined));
  progress.stage('Starting the backends');
  const worker = new Worker(worldParameters(cluster, { ...options, profile: profileOf('default') }));
  const began = performance.now();
  const loading = rounds(worker, script, options, results, progress, until.signal, runners).catch((error: Error) => [
    error.message,
  ]);
  const problems = (await Promise.race([loading, until.stopped])) ?? [];
  progress.end();

  const interrupted = until.signal.aborted;
  if (interrupted) results.discardRest();
  const ending = { problems, durationMs: performance.now() - began, interrupted };
  const scenarios = judge(results, options, ending, runners !== undefined);
  const [first] = scenarios;
  const run: Run = {
    schema: 'netvet/run/v1',
    ...facts,
    environment: { ...facts.environment, Load },
    durationMs: Date.now() - options.startedMs,
    ...(interrupted && { interrupted: true }),
    summary: summarize(scenarios),
    scenarios,
    ...(results.requests > 0 && first && { load: [results.section(first.id)] }),
  };
  await conclude(run, cluster, options, until, run.load?.[0] ?? null);
  return interrupted ? exitCode.interrupted : exitCode[outcome(run)];
}

/** Rounds on all paths in turn, two at least, until the difference is known, time is up, or something is wrong. */
async function rounds(
  worker: Worker,
  script: Script,
  { rate, seconds, tolerance, maxSeconds }: LoadOptions,
  results: Results,
  progress: Progress,
  stop: AbortSignal,
  runners: Runners | undefined,
): Promise<string[]> {
  const [paths, meter] = await Promise.all([Paths.open(worker, script, runners), Meter.open(worker)]);
  if (typeof meter === 'string') progress.note(meter);
  const usageOf = (from: number, to: number) => (typeof meter === 'string' ? [] : meter.between(from, to));
  progress.stageDone();
  const display = createLoadDisplay(process.stderr);
  // an interrupted round goes on behind the scenes for a moment: it has nothing more to say
  stop.addEventListener('abort', display.end);
  const ends = performance.now() + maxSeconds * 1000;
  const kinds = results.paths;
  const show = (path: PathKind) =>
    display.show({
      rounds: results.complete,
      requests: results.requests,
      lost: kinds.reduce((sum, kind) => sum + results.lost(kind), 0),
      precision: results.precision,
      tolerance,
      path: pathNames[path],
      leftMs: ends - performance.now(),
    });
  try {
    do {
      // each round begins with another path: coming first helps no path more than the others
      const turn = results.complete % kinds.length;
      for (const path of [...kinds.slice(turn), ...kinds.slice(0, turn)]) {
        show(path);
        results.add(await paths.round(path, { rate, seconds, steps: rampStepCount }), usageOf);
        if (stop.aborted) return [];
      }
      const problems = await paths.account();
      if (problems.length > 0) {
        results.discard();
        return problems.map((problem) => `the account is not exact: ${problem}`);
      }
      results.agree();
    } while (results.complete < 2 || (!results.isNarrow(tolerance) && performance.now() < ends));
    show(kinds[0] as PathKind);
    return [];
  } finally {
    display.end();
  }
}
