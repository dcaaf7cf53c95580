import { readFile, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { cniNames } from '../../clusters/cni/index.ts';
import { type Entry, readRun } from '../../report/index.ts';

/** What an argument of `netvet compare` stands for: a stored run, or a CNI that is to be run. */
export type Subject = { stored: Entry; path: string } | { cni: string };

/** Reads the arguments in their order. Mistakes are added to `mistakes`, one sentence each. */
export async function subjectsOf(given: readonly string[], directory: string, mistakes: string[]): Promise<Subject[]> {
  const seen = new Set<string>();
  const subjects: Subject[] = [];
  for (const argument of given) {
    if (cniNames.includes(argument)) {
      subjects.push({ cni: argument });
      continue;
    }
    const path = await runFile(argument);
    if (path === undefined) {
      mistakes.push(
        `"${argument}" is neither a stored run (a report directory or its run.json) nor a CNI (${cniNames.join(', ')})`,
      );
    } else if (seen.has(path)) {
      mistakes.push(`${argument} is given twice: a run is no second run of itself`);
    } else {
      seen.add(path);
      const entry = await read(argument, path, directory, mistakes);
      if (entry) subjects.push({ stored: entry, path });
    }
  }
  return subjects;
}

/** Absolute path of the run.json that is meant; undefined when there is nothing there. */
export async function runFile(argument: string): Promise<string | undefined> {
  const path = resolve(argument);
  const info = await stat(path).catch(() => undefined);
  if (info?.isDirectory()) return join(path, 'run.json');
  return info && path;
}

async function read(source: string, path: string, directory: string, mistakes: string[]): Promise<Entry | undefined> {
  try {
    return await readEntry(source, path, directory);
  } catch (error) {
    mistakes.push(`${relative(process.cwd(), path)} cannot be compared: ${(error as Error).message}`);
    return undefined;
  }
}

/** Rejects with what is wrong with the file. `directory`: of the comparison, from where links to reports start. */
export async function readEntry(source: string, path: string, directory: string): Promise<Entry> {
  const run = readRun(await readFile(path, 'utf8'));
  const page = join(path, '../index.html');
  const there = (await stat(page).catch(() => undefined))?.isFile() === true;
  return { run, source, ...(there && { href: address(directory, page) }) };
}

/** A path as a relative address: nothing in it can be taken for another kind of link. */
function address(directory: string, page: string): string {
  return `./${relative(directory, page).split('/').map(encodeURIComponent).join('/')}`;
}
