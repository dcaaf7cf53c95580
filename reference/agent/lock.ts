import { createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * One agent at a time writes to a node: during a rolling update the old one may still be there. The lock is an abstract
 * unix socket: its name lives in the node's network namespace, which every agent of the node is in, and the kernel
 * frees it when the process ends, however it ends. Resolves, when it is had, with the function that gives it back.
 */
export async function acquireLock(waiting: () => void, name = '\0netvet-cni-agent'): Promise<() => Promise<void>> {
  let told = false;
  for (;;) {
    const server = await tryListen(name);
    if (server !== undefined) {
      // it keeps nothing alive: the agent ends when its work ends
      server.unref();
      return () => new Promise((resolve) => server.close(() => resolve()));
    }
    if (!told) waiting();
    told = true;
    await delay(50);
  }
}

function tryListen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(path, () => resolve(server));
  });
}
