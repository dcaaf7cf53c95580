import { once } from 'node:events';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type Answer, answer, type Network } from './cni/verbs.ts';
import { type NodeFiles, paths } from './node.ts';

/** Largest request: a GC list of a full /16 is some 10 MB as a form. */
const largest = 32 * 1024 * 1024;

/** How the plugin and the `explain` command speak to the agent. */
export interface SocketHandlers {
  network: Network;
  /** Answers `explain`; the text is for people. */
  explain: (query: URLSearchParams) => Answer;
  /** Told of every request of the plugin. */
  watch: (what: string, work: Promise<Answer>) => Promise<Answer>;
}

/** Listens on the node's unix socket, for root alone. Call it with the lock held: a socket file there is stale. */
export async function listenOnSocket(files: NodeFiles, { network, explain, watch }: SocketHandlers): Promise<Server> {
  const server = createServer((request, response) => {
    body(request)
      .then(async (text): Promise<Answer> => {
        const form = new URLSearchParams(text);
        if (request.url === '/explain') return explain(form);
        const { stdin = '', ...env } = Object.fromEntries(form);
        return watch(`${env.CNI_COMMAND} of ${env.CNI_CONTAINERID}`, answer(network, { env, stdin }));
      })
      .then(
        // the plugin script reads exactly this: a first line with its exit code, then its output
        ({ exitCode, stdout }) => response.end(`netvet-cni/1 ${exitCode}\n${stdout}`),
        () => response.destroy(),
      );
  });
  mkdirSync(files.path(paths.socketDirectory), { recursive: true, mode: 0o700 });
  const file = files.path(paths.socket);
  rmSync(file, { force: true });
  await once(server.listen(file), 'listening');
  chmodSync(file, 0o600);
  return server;
}

async function body(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largest) throw new Error('the request is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('latin1');
}
