/** What a command does where its cluster can be reached: its one argument says what, checked outside, as JSON. */
import type { Task } from './perform.ts';
import { exitCode } from './usage.ts';

const task = JSON.parse(process.argv[2] as string) as Task;
let code: number = exitCode.broken;
try {
  // each is loaded only when it is wanted: a cluster is Ready sooner
  if (task.kind === 'run') code = await (await import('./run.ts')).runInside(task);
  else if (task.kind === 'load') code = await (await import('./load/inside.ts')).loadInside(task);
  else code = await (await import('./cluster.ts')).clusterInside(task);
} catch (error) {
  console.error(`netvet: ${error instanceof Error ? error.message : String(error)}`);
  if (process.env['NETVET_DEBUG']) console.error(error);
}
// scenarios that were interrupted still wait for something
process.exit(code);
