import { join } from 'node:path';
import { enter } from '../clusters/embedded/enter.ts';
import type { ClusterTask } from './cluster.ts';
import type { LoadOptions } from './load/options.ts';
import type { RunOptions } from './options.ts';
import { cacheDirectory, compileCache, packageRoot } from './paths.ts';
import { entryTo, type ProviderName } from './providers.ts';

/** What is carried out where a cluster can be reached. */
export type Task = RunOptions | LoadOptions | ClusterTask;

export const insideArgv = (task: Task): string[] => [
  process.execPath,
  join(packageRoot, 'cli/inside.ts'),
  JSON.stringify(task),
];

/** Carries a task out where its cluster can be reached: in an embedded one's namespaces, else in this one's place. */
export async function perform(
  provider: ProviderName,
  task: Task,
  options: { visible?: string[]; as?: 'job' | 'terminal' } = {},
): Promise<number> {
  if (provider === 'embedded') {
    const visible = [cacheDirectory(), ...(options.visible ?? [])];
    return enter(insideArgv(task), { visible, ...(options.as && { as: options.as }) });
  }
  const argv = ['env', ...(await entryTo(provider)), ...insideArgv(task)];
  if (process.execve === undefined)
    throw new Error(`Node ${process.version} cannot replace a process: npm brings Node 24`);
  // env finds programs on PATH, which execve does not
  return process.execve('/usr/bin/env', argv, { ...process.env, NODE_COMPILE_CACHE: compileCache() });
}
