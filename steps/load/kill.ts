import { execIn, type Kube, type KubeObject } from '../kube/index.ts';
import { waits } from '../waits.ts';

/** Kills with SIGKILL whatever process 1 of the container has started; what was started by exec has another parent. */
const script = `
const { readdirSync, readFileSync } = require('node:fs');
for (const pid of readdirSync('/proc')) {
  if (!/^[0-9]+$/.test(pid)) continue;
  let stat = '';
  try { stat = readFileSync('/proc/' + pid + '/stat', 'utf8'); } catch { continue; }
  if (stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] === '1') process.kill(Number(pid), 'SIGKILL');
}`;

/** Kills a container's server from within. Resolves when the command has ended; whether it worked shows at the Pod. */
export async function killFirstChild(kube: Kube, { metadata }: KubeObject, container: string): Promise<void> {
  const { namespace = '', name } = metadata;
  const how = { what: `killing ${name}`, timeoutMs: waits.nodeCommand, mayEndIt: true };
  await execIn(kube, { namespace, pod: name, container }, ['node', '-e', script], how);
}
