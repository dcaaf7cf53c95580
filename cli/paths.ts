import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The checkout (or installed package) that this file lies in. */
export const packageRoot = join(import.meta.dirname, '..');

/** The per-user cache: built programs, compiled code, kept clusters. The rest is in the report directory. */
export function cacheDirectory(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'netvet');
}

export function compileCache(): string {
  return join(cacheDirectory(), 'compile');
}

const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
  version: string;
  description: string;
};
export const { version, description } = manifest;
