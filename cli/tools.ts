import { join } from 'node:path';
import { execa } from 'execa';
import { packageRoot } from './paths.ts';

/**
 * Makes sure that a pinned Go program is there, building it where it is missing: outside the namespaces, since nothing can be fetched
 * inside. Returns its path, or the reason why it cannot be had.
 */
export async function findTool(name: string): Promise<{ path: string } | { missing: string }> {
  const result = await execa('sh', [join(packageRoot, 'scripts/tool.sh'), name], {
    reject: false,
    stderr: ['pipe', 'inherit'],
  });
  if (!result.failed) return { path: result.stdout.trim() };
  return { missing: result.stderr.split('\n').findLast((line) => line !== '') ?? result.shortMessage ?? `${name} cannot be had` };
}
