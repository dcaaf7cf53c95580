/** Starts inside.ts with the same arguments inside fresh namespaces. */
import { join } from 'node:path';
import { inCache } from '../../cache.ts';
import { enter } from '../../embedded/enter.ts';

const inside = join(import.meta.dirname, 'inside.ts');
process.exitCode = await enter([process.execPath, inside, ...process.argv.slice(2)], { visible: [inCache()] });
