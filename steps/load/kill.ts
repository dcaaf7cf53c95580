import { PassThrough } from 'node:stream';
import { Exec } from '@kubernetes/client-node';
import type { Kube, KubeObject } from '../kube/index.ts';
import { BrokenError } from '../outcome.ts';
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

/** Kills a container's server from within. Resolves when the command has ended; whether it did its work shows at the Pod. */
export async function killFirstChild(kube: Kube, { metadata }: KubeObject, container: string): Promise<void> {
  const { namespace = '', name } = metadata;
  const sink = new PassThrough().resume();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(new BrokenError(`${name} could not be killed`)), waits.nodeCommand);
  const exec = new Exec(kube.config);
  const opening = exec.exec(namespace, name, container, ['node', '-e', script], sink, sink, null, false, () =>
    resolve(),
  );
  opening.then((socket) => {
    // the container may be gone before it can say how its command ended
    socket.onclose = () => resolve();
  }, reject);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
  }
}
