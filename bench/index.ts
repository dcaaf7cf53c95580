/**
 * `npm run bench`: how long a cluster takes to be Ready, a Pod to be Ready, and a CNI ADD and DEL, the reference plugin against
 * ptp + host-local on the same node in the same run, in turns. `npm run bench -- services`: Services
 * through the reference agent and through kube-proxy. Prints a table; nothing here is ever asserted.
 */
import { join } from 'node:path';
import { cacheDirectory, packageRoot } from '../cli/paths.ts';
import { findTool } from '../cli/tools.ts';
import { enter } from '../clusters/embedded/enter.ts';
import { benchServices } from './services/index.ts';

const [what, ...rest] = process.argv.slice(2);
if (what === 'services') process.exitCode = await benchServices(rest);
else if (what === undefined) process.exitCode = await benchPods();
else {
  console.error(`there is no benchmark "${what}": npm run bench, or npm run bench -- services`);
  process.exitCode = 2;
}

async function benchPods(): Promise<number> {
  const peers: Record<string, string> = {};
  for (const name of ['ptp', 'host-local']) {
    const tool = await findTool(name);
    if ('missing' in tool) console.error(`${name} is left out: ${tool.missing}`);
    else peers[name] = tool.path;
  }
  return enter([process.execPath, join(packageRoot, 'bench/inside.ts'), JSON.stringify(peers)], {
    visible: [cacheDirectory()],
  });
}
