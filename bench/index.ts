/**
 * `npm run bench`: how long a cluster takes to be Ready, a Pod to be Ready, and a CNI ADD and DEL, the reference plugin against
 * ptp + host-local on the same node in the same run, in turns. Prints a table; nothing here is ever asserted.
 */
import { join } from 'node:path';
import { cacheDirectory, packageRoot } from '../cli/paths.ts';
import { findTool } from '../cli/tools.ts';
import { enter } from '../clusters/embedded/enter.ts';

const peers: Record<string, string> = {};
for (const name of ['ptp', 'host-local']) {
  const tool = await findTool(name);
  if ('missing' in tool) console.error(`${name} is left out: ${tool.missing}`);
  else peers[name] = tool.path;
}
process.exitCode = await enter([process.execPath, join(packageRoot, 'bench/inside.ts'), JSON.stringify(peers)], {
  visible: [cacheDirectory()],
});
