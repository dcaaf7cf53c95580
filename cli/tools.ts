import { join } from 'node:path';
import { execa } from 'execa';
import { packageRoot } from './paths.ts';

/** The path of a Go program, built (and said on stderr) where it is missing, or why it cannot be had. '': as pinned. */
export async function findTool(name: string, version = ''): Promise<{ path: string } | { missing: string }> {
  const tool = execa('sh', [join(packageRoot, 'scripts/tool.sh'), name, version], { reject: false });
  const said: string[] = [];
  for await (const line of tool.iterable({ from: 'stderr' })) {
    if (line.startsWith('building ')) console.error(line);
    said.push(line);
  }
  const { failed, stdout } = await tool;
  return failed ? { missing: said.at(-1) ?? `${name} cannot be had` } : { path: stdout.trim() };
}

/** Builds the programs that a CNI needs where they are missing. Throws with the reason for each that cannot be had. */
export async function needTools(names: string[]): Promise<void> {
  const mistakes: string[] = [];
  // one after the other: each build uses every core
  for (const name of names) {
    const found = await findTool(name);
    if ('missing' in found) mistakes.push(found.missing);
  }
  if (mistakes.length > 0) throw new Error(mistakes.join('\n'));
}
