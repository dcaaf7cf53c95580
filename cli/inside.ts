/** What a command does where its cluster can be reached, e.g. inside the namespaces of an embedded one: its one argument says what, checked by the command outside, as JSON. */
import { type ClusterTask, clusterInside } from './cluster.ts';
import { type LoadOptions, loadInside } from './load/index.ts';
import type { RunOptions } from './options.ts';
import { runInside } from './run.ts';
import { exitCode } from './usage.ts';

const task = JSON.parse(process.argv[2] as string) as RunOptions | LoadOptions | ClusterTask;
let code: number = exitCode.broken;
try {
  if (task.kind === 'run') code = await runInside(task);
  else code = task.kind === 'load' ? await loadInside(task) : await clusterInside(task);
} catch (error) {
  console.error(`netvet: ${error instanceof Error ? error.message : String(error)}`);
  if (process.env['NETVET_DEBUG']) console.error(error);
}
// scenarios that were interrupted still wait for something
process.exit(code);
