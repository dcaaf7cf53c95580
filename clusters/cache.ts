import { homedir } from 'node:os';
import { join } from 'node:path';

/** A path in netvet's per-user cache: `$XDG_CACHE_HOME/netvet`, by default `~/.cache/netvet`. */
export const inCache = (...path: string[]): string =>
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'netvet', ...path);
