import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * One agent at a time writes to a node: during a rolling update the old one may still be there. The lock is on a file
 * that only root can open: a name in the node's network namespace, such as an abstract socket, could be taken by any
 * Pod on the node's network. The kernel frees it when the process ends, however it ends. Resolves, when it is had, with
 * the function that gives it back.
 */
export async function acquireLock(file: string, waiting: () => void): Promise<() => void> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const descriptor = openSync(file, 'a', 0o600);
  if (!(await flock(descriptor, '--nonblock'))) {
    waiting();
    await flock(descriptor);
  }
  return () => closeSync(descriptor);
}

/**
 * Node cannot lock files, the program of that name can: on a file that is open here and there, so the lock stays when
 * the program has ended (flock(2)). False: somebody else has it.
 */
async function flock(descriptor: number, ...options: string[]): Promise<boolean> {
  const argv = ['--exclusive', ...options, '3'];
  const [code] = (await once(spawn('flock', argv, { stdio: ['ignore', 'ignore', 'inherit', descriptor] }), 'exit')) as [
    number | null,
  ];
  if (code === 0) return true;
  if (code === 1 && options.length > 0) return false;
  throw new Error(`the lock of this node's agents cannot be had: flock ended with exit code ${code}`);
}
