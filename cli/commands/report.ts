import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { closingSummary, type Run, readRun, writeReports } from '../../report/index.ts';
import { runFile } from '../compare/subjects.ts';
import { UsageError } from '../usage.ts';

/** The directory that holds run.json: the one given, the file's own, or the newest run. */
async function locate(given: string | undefined): Promise<string> {
  const path = await runFile(given ?? '.netvet/latest');
  if (path !== undefined) return dirname(path);
  if (given === undefined) throw new UsageError(['there is no run here yet: netvet run makes one']);
  throw new UsageError([`${resolve(given)} does not exist: give a report directory or its run.json`]);
}

/** `netvet report [DIR]`: writes the reports of a stored run anew from its run.json, and says where they are. */
export function reportCommand(): Command {
  return new Command('report')
    .description('writes the reports of a stored run anew and says where they are')
    .argument('[directory]', 'a report directory or its run.json (default: the newest run)')
    .option('--list', 'list the stored runs')
    .addHelpText(
      'after',
      '\nExamples:\n  netvet report\n  netvet report .netvet/runs/20261123-140000\n  netvet report --list',
    )
    .action(async (given: string | undefined, flags: { list?: boolean }) => {
      if (flags.list) {
        const runs = await readdir('.netvet/runs').catch((): string[] => []);
        for (const run of runs.toSorted((a, b) => a.localeCompare(b))) console.log(join('.netvet/runs', run));
        return;
      }
      const directory = await locate(given);
      let run: Run;
      try {
        run = readRun(await readFile(join(directory, 'run.json'), 'utf8'));
      } catch (error) {
        throw new UsageError([`${join(directory, 'run.json')} cannot be read as a run: ${(error as Error).message}`]);
      }
      await writeReports(run, directory);
      console.log(closingSummary(run, directory));
    });
}
