import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Entry, outcome } from '../../report/index.ts';
import { packageRoot } from '../paths.ts';
import { exitCode, lastWords } from '../usage.ts';
import { readEntry } from './subjects.ts';

/** Runs `netvet run` for one CNI, on a fresh cluster, with its report in `report`. Without a run.json it broke. */
export async function runChild(cni: string, report: string, flags: readonly string[], directory: string) {
  const argv = [join(packageRoot, 'cli/netvet.js'), 'run', '--cni', cni, ...flags, '--report', report];
  const child = execa(process.execPath, argv, {
    stdin: 'inherit',
    stdout: 'ignore',
    stderr: ['inherit', 'pipe'],
    reject: false,
    // it ends by itself on Ctrl-C, which reaches the whole group, and takes its cluster along: that takes longer than
    // five seconds
    forceKillAfterDelay: false,
  });
  // a terminal sends Ctrl-C to all of the group; these reach only the process they are meant for
  const passOn = (signal: NodeJS.Signals) => void child.kill(signal);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, passOn);
  const { exitCode: code, signal, stderr } = await child;
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.off(signal, passOn);
  const reason = ending(code, signal, stderr);
  const entry = await result(cni, report, directory, reason);
  const judged = code === exitCode.passed || code === exitCode.failed;
  return {
    entry: judged ? entry : explained(entry, reason),
    /** It did not understand what it was told: nothing was started. */
    usage: code === exitCode.usage,
    interrupted: code === exitCode.interrupted,
  };
}

async function result(cni: string, report: string, directory: string, reason: string): Promise<Entry> {
  const file = join(report, 'run.json');
  if (!existsSync(file)) return { cni, source: report, broken: reason };
  return readEntry(report, file, directory).catch((error: unknown) => ({
    cni,
    source: report,
    broken: `its run.json cannot be read: ${(error as Error).message}`,
  }));
}

/** Where the results of a run that ended badly do not say why, the way it ended is the reason: it is no pass. */
function explained(entry: Entry, reason: string): Entry {
  if (!('run' in entry) || outcome(entry.run) === 'broken') return entry;
  return { ...entry, run: { ...entry.run, problems: [reason] } };
}

function ending(code: number | undefined, signal: string | undefined, stderr: string): string {
  if (code === exitCode.interrupted) return 'interrupted before it had any result';
  return `netvet run ended with ${signal ?? code ?? 'nothing'}: ${lastWords(stderr)}`;
}
