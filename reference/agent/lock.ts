import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { dirname } from 'node:path';

/** What agents of former versions held instead of the file: a name in the node's network namespace. */
const formerName = '\0netvet-cni-agent';

/**
 * One agent at a time writes to a node: during a rolling update the old one may still be there. The lock is on a file
 * that only root can open: a name in the node's network namespace, such as an abstract socket, could be taken by any
 * Pod on the node's network. The kernel frees it when the process ends, however it ends. An agent of a former version
 * knows that name alone: it is told by its answers at `socket`, where only root can listen, and kept from starting
 * beside this one by the name, if nobody else has it. Resolves, when the lock is had, with what gives it back.
 */
export async function acquireLock(file: string, socket: string, waiting: () => void): Promise<() => void> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const descriptor = openSync(file, 'a', 0o600);
  if (!(await flock(descriptor, '--nonblock'))) {
    waiting();
    await flock(descriptor);
  }
  await formerEnds(socket, waiting);
  const former = createServer((connection) => connection.destroy()).on('error', () => {});
  former.listen(formerName).unref();
  return () => {
    former.close();
    closeSync(descriptor);
  };
}

/** Resolves when no agent answers. It is called with the lock held: one that answers does not know of it. */
async function formerEnds(socket: string, waiting: () => void): Promise<void> {
  for (let isTold = false; ; isTold = true) {
    const connection = connect(socket);
    const isThere = await once(connection, 'connect').then(
      () => true,
      () => false,
    );
    if (!isThere) return;
    if (!isTold) waiting();
    // no request that it knows: it says so, and closes the connection after some seconds without another, or at its end
    connection.on('error', () => {}).resume();
    connection.write('POST / HTTP/1.1\r\nHost: agent\r\nContent-Length: 0\r\n\r\n');
    await new Promise((resolve) => connection.once('close', resolve));
  }
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
