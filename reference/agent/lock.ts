import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * One agent at a time writes to a node: during a rolling update the old one may still be there. The lock is an abstract
 * unix socket: its name lives in the node's network namespace, which every agent of the node is in, and the kernel
 * frees it when the process ends, however it ends. Resolves, when it is had, with the function that gives it back.
 */
export async function acquireLock(waiting: () => void, name = '\0netvet-cni-agent'): Promise<() => Promise<void>> {
  for (let told = false; ; told = true) {
    const server = createServer((socket) => socket.destroy()).listen(name);
    const free = await once(server, 'listening').then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EADDRINUSE') throw error;
        return false;
      },
    );
    // it keeps nothing alive: the agent ends when its work ends
    if (free) {
      server.unref();
      return async () => void (await once(server.close(), 'close'));
    }
    if (!told) waiting();
    await delay(50);
  }
}
