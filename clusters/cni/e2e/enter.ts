/** Starts inside.ts with the same arguments inside fresh namespaces. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { enter } from '../../embedded/enter.ts';

const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'netvet');
const inside = join(import.meta.dirname, 'inside.ts');
process.exitCode = await enter([process.execPath, inside, ...process.argv.slice(2)], { visible: [cache] });
