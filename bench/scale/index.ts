/** `npm run bench -- scale`: see options.ts for what it measures. */
import { join } from 'node:path';
import { exitCode } from '../../cli/usage.ts';
import { enter } from '../../clusters/embedded/enter.ts';
import { help, readOptions } from './options.ts';

/** Resolves with the exit code. */
export async function benchScale(argv: string[]): Promise<number> {
  const options = readOptions(argv);
  if (options === undefined) {
    console.log(help);
    return exitCode.passed;
  }
  if (process.geteuid?.() !== 0) {
    throw new Error('this benchmark needs root: from nobody else does the kernel take as much at once as nft sends');
  }
  const inside = join(import.meta.dirname, 'inside.ts');
  return enter([process.execPath, inside, JSON.stringify(options)], { realRoot: true });
}
