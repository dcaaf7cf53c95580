import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Profile, shape } from '../report/index.ts';
import { readChecked } from './json-file.ts';
import { packageRoot } from './paths.ts';

const directory = join(packageRoot, 'cli/profiles');

/** netvet's own profiles, a file each; docs/profiles.md says why their numbers are what they are. */
export const profileNames = (): string[] =>
  readdirSync(directory)
    .map((file) => file.replace('.json', ''))
    .toSorted();

const areas = () => readdirSync(join(packageRoot, 'features'));
const milliseconds = shape.wholeNumber(1, 600_000);

const profileShape: shape.Shape = (value, path) =>
  shape.exact({
    about: shape.optional(shape.anyText),
    changeMs: milliseconds,
    everyMs: shape.optional(milliseconds),
    attemptMs: shape.inOrder('least', 'most', { least: milliseconds, most: milliseconds }),
    gapMs: shape.exact({ attempts: milliseconds, pages: milliseconds }),
    limits: shape.list(
      shape.inOrder('p95Ms', 'maxMs', {
        figure: shape.oneOf('convergence', 'leak window'),
        // a bound on what nobody measures is always kept
        area: shape.oneOf(...areas()),
        p95Ms: milliseconds,
        maxMs: milliseconds,
      }),
    ),
  })(value, path);

/** One of netvet's own profiles; they are held to be right by a test. */
export const profileOf = (name: 'default'): Profile => findProfile(name, []) as Profile;

/** The profile of that name, or in that file. Every mistake in it is added to `mistakes`, and it is undefined then. */
export function findProfile(given: string, mistakes: string[]): Profile | undefined {
  const isOwn = profileNames().includes(given);
  if (!isOwn && !existsSync(given)) {
    mistakes.push(`--profile takes ${profileNames().join(', ')} or a file, and "${given}" is neither`);
    return undefined;
  }
  const file = isOwn ? join(directory, `${given}.json`) : given;
  const found = readChecked<Profile & { about?: string }>(file, `--profile ${given}`, profileShape, mistakes);
  if (found === undefined) return undefined;
  const { about: _, ...profile } = found;
  return { ...profile, name: given };
}
