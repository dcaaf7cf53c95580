import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What load is judged by: one file in load/profiles for each kind of cluster, or a user's own. */
export interface Profile {
  /** What it is for. */
  about: string;
  /** Requests that may be lost on each path while nothing changes. */
  lost: number;
  /**
   * Milliseconds that a path may take more than another at the median: `service` than the same Pods dialled directly, `host`
   * than the Service from a Pod. One that is not named is not judged.
   */
  differenceMs: Record<string, number>;
  /** Requests that may be lost while something changes, by what changes. */
  churn: Record<string, number>;
}

const directory = join(import.meta.dirname, 'profiles');

export const profileNames = (): string[] =>
  readdirSync(directory)
    .map((name) => name.replace('.json', ''))
    .toSorted();

/** The file of one of netvet's own profiles. */
export const profileFile = (name: string): string => join(directory, `${name}.json`);

/** Reads one of netvet's own profiles; they are held to be right by a test. */
export function profileOf(name: string): Profile {
  return JSON.parse(readFileSync(profileFile(name), 'utf8')) as Profile;
}

const isNumber = (value: unknown): boolean => typeof value === 'number' && value >= 0;

/** Reads a profile. One sentence for each mistake, `file` in front of it; a word that is not known is one. */
export function parseProfile(text: string, file: string): { profile: Profile } | { mistakes: string[] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { mistakes: [`${file} is not JSON: ${(error as Error).message}`] };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { mistakes: [`${file} is not a JSON object`] };
  }
  const { about = '', lost = 0, differenceMs = {}, churn = {}, ...unknown } = value as Record<string, unknown>;
  const mistakes = Object.keys(unknown).map((key) => `${file} has "${key}", which no profile knows`);
  if (typeof about !== 'string') mistakes.push(`${file}: "about" is to be text`);
  if (!isNumber(lost)) mistakes.push(`${file}: "lost" is to be a number of requests`);
  for (const [name, map] of Object.entries({ differenceMs, churn })) {
    const wrong = typeof map !== 'object' || map === null || !Object.values(map).every(isNumber);
    if (wrong) mistakes.push(`${file}: "${name}" is to be an object of numbers that are not negative`);
  }
  const paths = Object.keys(differenceMs ?? {}).filter((path) => !['service', 'host'].includes(path));
  mistakes.push(...paths.map((path) => `${file}: "differenceMs" knows service and host, and "${path}" is neither`));
  if (mistakes.length > 0) return { mistakes };
  return { profile: { about, lost, differenceMs, churn } as Profile };
}
