import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { enter } from '../../clusters/embedded/enter.ts';
import { type Run, readRun } from '../../report/index.ts';
import type { RunOptions } from '../options.ts';
import { cacheDirectory } from '../paths.ts';
import { insideArgv } from '../perform.ts';
import { profileOf } from '../profiles.ts';
import { entryTo } from '../providers.ts';
import { exitCode, lastWords } from '../usage.ts';

/** What trials can be carried out on. */
export const grounds = ['embedded', 'kind'] as const;
export type Ground = (typeof grounds)[number];

/** One run of some scenarios on a fresh cluster. `parallel` 0: one by one, without the start of a worker. */
export interface Trial
  extends Pick<RunOptions, 'mutant' | 'fabric' | 'adversary' | 'places' | 'parallel' | 'unavailable'> {
  name: string;
  untilFailed: boolean;
}

export interface Finished {
  /** Absent: it ended before it had any result. */
  run?: Run;
  /** How it ended, as a sentence. */
  ending: string;
  durationMs: number;
}

/** Runs a trial on a cluster of its own. Its reports, and a log of all that it printed, are in `directory`/<name>. */
export async function carryOut(trial: Trial, directory: string, ground: Ground): Promise<Finished> {
  const report = join(directory, trial.name);
  mkdirSync(report, { recursive: true });
  const file = join(report, 'log.txt');
  const output = openSync(file, 'w');
  const began = performance.now();
  try {
    const argv = insideArgv(taskOf(trial, report, ground));
    const code =
      ground === 'embedded'
        ? await enter(argv, { visible: [cacheDirectory(), directory], output })
        : await runHere([...(await entryTo(ground)), ...argv], output);
    const durationMs = performance.now() - began;
    const ending = `its run ended with ${code}: ${lastWords(readFileSync(file, 'utf8'))} (log: ${file})`;
    const json = join(report, 'run.json');
    return existsSync(json)
      ? { run: readRun(await readFile(json, 'utf8')), ending, durationMs }
      : { ending, durationMs };
  } finally {
    closeSync(output);
  }
}

/** The exit code. Signals are passed on: a terminal sends them to both, which `netvet run` takes for one. */
async function runHere(argv: string[], output: number): Promise<number> {
  const child = spawn('env', argv, { stdio: ['ignore', output, output] });
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, pass);
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    return code ?? (signal === null ? exitCode.broken : exitCode.interrupted);
  } finally {
    for (const signal of signals) process.off(signal, pass);
  }
}

function taskOf(trial: Trial, report: string, ground: Ground): RunOptions {
  const { name, ...how } = trial;
  const mark = randomBytes(4).toString('hex');
  return {
    kind: 'run',
    provider: ground,
    name: `mutate-${mark}`,
    cni: 'reference',
    nodes: 3,
    reuse: false,
    keep: false,
    tags: '',
    id: name,
    mark,
    startedMs: Date.now(),
    report,
    isDefaultReport: false,
    command: `netvet mutate ${trial.mutant ?? ''}`.trim(),
    json: false,
    repeat: 1,
    profile: profileOf('default'),
    scenarios: trial.places?.length ?? 0,
    ...how,
  };
}
