/** What a Channel needs of an API server: exec over a WebSocket, onto a real agent on this machine. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { WebSocketServer } from 'ws';

export interface ExecServer {
  config: KubeConfig;
  /** The commands that were started, as they were asked for. */
  commands: string[][];
  /** Ends every exec stream without a word, as a lost network does. */
  cut(): void;
  /** Ends the commands themselves. */
  kill(): void;
  close(): void;
}

const agent = join(import.meta.dirname, '..', 'agent.ts');

/** https://github.com/kubernetes/kubernetes/blob/v1.34.3/staging/src/k8s.io/apimachinery/pkg/util/remotecommand/constants.go */
export async function execServer(): Promise<ExecServer> {
  const commands: string[][] = [];
  const running = new Set<ChildProcess>();
  const http = createServer();
  const sockets = new WebSocketServer({ server: http, handleProtocols: () => 'v5.channel.k8s.io' });
  sockets.on('connection', (socket, request) => {
    const argv = new URL(request.url ?? '', 'http://x').searchParams.getAll('command');
    commands.push(argv);
    // the mounted file is this checkout's; the program is this Node
    const child = spawn(process.execPath, [agent, ...argv.slice(2)], { stdio: ['pipe', 'pipe', 'pipe'] });
    running.add(child);
    const send = (channel: number) => (data: Buffer) => socket.send(Buffer.concat([Buffer.from([channel]), data]));
    child.stdout.on('data', send(1));
    child.stderr.on('data', send(2));
    child.stdin.on('error', () => {});
    child.on('exit', (code) =>
      send(3)(Buffer.from(JSON.stringify({ status: 'Failure', message: `exit code ${code}` }))),
    );
    socket.on('message', (data: Buffer) => data[0] === 0 && child.stdin.write(data.subarray(1)));
    socket.on('close', () => child.kill());
  });
  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening));
  const config = new KubeConfig();
  const server = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  config.loadFromClusterAndUser({ name: 'c', server, skipTLSVerify: true }, { name: 'u' });
  return {
    config,
    commands,
    cut() {
      for (const socket of sockets.clients) socket.terminate();
    },
    kill() {
      for (const child of running) child.kill('SIGKILL');
    },
    close() {
      for (const socket of sockets.clients) socket.terminate();
      for (const child of running) child.kill('SIGKILL');
      http.close();
    },
  };
}

/** An agent of that name, with nothing to serve. */
export function localAgent(name: string): ChildProcess {
  return spawn(process.execPath, [agent], {
    env: { ...process.env, NETVET_NAME: name },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}
