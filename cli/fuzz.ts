import { randomInt } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Run } from '../report/index.ts';
import { type CaseName, generatedFeature, greatestSeed, parseCase } from '../steps/fuzz/feature.ts';
import { wholeNumber } from './cluster-options.ts';

export interface FuzzFlags {
  fuzz?: string;
  seed?: string;
}

/** Generated cases: the first one, and how many. */
export interface FuzzOptions {
  from: CaseName;
  cases: number;
}

/** Checks both flags; without --seed it draws one. Undefined when no cases are asked for. */
export function checkFuzz({ fuzz, seed }: FuzzFlags, mistakes: string[]): FuzzOptions | undefined {
  const from = seed === undefined ? { seed: randomInt(greatestSeed), number: 1 } : parseCase(seed);
  if (from === undefined)
    mistakes.push(
      `--seed takes a whole number up to ${greatestSeed}, or one and a case such as 7:12, and "${seed}" is neither`,
    );
  if (fuzz === undefined) {
    if (seed !== undefined) mistakes.push('--seed is of generated cases: --fuzz says how many');
    return undefined;
  }
  const cases = wholeNumber(fuzz, '--fuzz', 1, 100_000, mistakes);
  return from && { from, cases };
}

/** Scenarios and generated cases in one tag expression: the cases alone, unless scenarios are asked for too. */
export const tagsWith = (fuzz: FuzzOptions | undefined, tags: string): string =>
  fuzz === undefined ? tags : tags === '' ? '@fuzz' : `(${tags}) or @fuzz`;

/** Writes the cases as a feature file into the report, and returns its path. */
export async function writeCases({ from, cases }: FuzzOptions, report: string): Promise<string> {
  const directory = join(report, 'features', 'fuzz');
  await mkdir(directory, { recursive: true });
  const file = join(directory, 'generated.feature');
  await writeFile(file, generatedFeature(from, cases));
  return file;
}

/** Failures that are told whole on a terminal; the report has all. */
const told = 2;

/** Why generated cases failed, with the YAML to paste. Those that were made small come first. */
export function failedCases({ scenarios }: Run): string[] {
  const failed = scenarios.filter(({ id, status }) => id.startsWith('fuzz/') && status === 'failed');
  const texts = failed.map(({ name, steps }) => {
    const error = steps?.find((step) => step.status === 'failed')?.error ?? '';
    return { small: error.includes('smallest case'), text: `✗ ${name}: ${error}` };
  });
  return texts
    .toSorted((a, b) => Number(b.small) - Number(a.small))
    .slice(0, told)
    .map(({ text }) => text);
}
