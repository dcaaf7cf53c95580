import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What load is judged by: one file in load/profiles for each kind of cluster, or a user's own. */
export interface Profile {
  /** What it is for. */
  about: string;
  /** Requests that may be lost on each path while nothing changes. */
  lost: number;
  /** Milliseconds at the median: `service` over the same Pods dialled directly, `host` over a Pod. Else not judged. */
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
