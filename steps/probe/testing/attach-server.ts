/** What a Channel needs of an API server: attaching over a WebSocket, here to real agents on this machine. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { KubeConfig } from '@kubernetes/client-node';
import { WebSocketServer } from 'ws';

export type LocalAgent = ChildProcessByStdio<Writable, Readable, Readable>;

export interface AttachServer {
  config: KubeConfig;
  /** What was attached to, as it was asked for. */
  asked: string[];
  /** Ends every attached stream without a word, as a lost network does. */
  cut(): void;
  close(): void;
}

/** An agent with nothing to serve, as in a Pod's container: its standard input stays open. `file`: another source. */
export function localAgent(name: string, file = join(import.meta.dirname, '..', 'agent', 'main.ts')): LocalAgent {
  const env = { ...process.env, NETVET_NAME: name };
  const agent = spawn(process.execPath, [file], { env, stdio: 'pipe' });
  // one that was killed is asked in vain
  agent.stdin.on('error', () => {});
  return agent;
}

/**
 * Serves the Pods of that name, each a running agent.
 * https://github.com/kubernetes/kubernetes/blob/v1.34.3/staging/src/k8s.io/apimachinery/pkg/util/remotecommand/constants.go
 */
export async function attachServer(pods: Map<string, LocalAgent>): Promise<AttachServer> {
  const asked: string[] = [];
  const http = createServer();
  const sockets = new WebSocketServer({ server: http, handleProtocols: () => 'v5.channel.k8s.io' });
  sockets.on('connection', (socket, request) => {
    asked.push(request.url ?? '');
    const agent = pods.get(/\/pods\/([^/]+)\/attach/.exec(request.url ?? '')?.[1] ?? '');
    // a Pod in which nobody answers
    if (agent === undefined) return;
    const sender = (channel: number) => (data: Buffer) => socket.send(Buffer.concat([Buffer.from([channel]), data]));
    const [out, err] = [sender(1), sender(2)];
    agent.stdout.on('data', out);
    agent.stderr.on('data', err);
    agent.once('close', () => sender(3)(Buffer.from(JSON.stringify({ status: 'Success' }))));
    socket.on('message', (data: Buffer) => data[0] === 0 && agent.stdin.write(data.subarray(1)));
    socket.on('close', () => {
      agent.stdout.off('data', out);
      agent.stderr.off('data', err);
    });
  });
  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening));
  const config = new KubeConfig();
  const server = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  config.loadFromClusterAndUser({ name: 'c', server, skipTLSVerify: true }, { name: 'u' });
  return {
    config,
    asked,
    cut() {
      for (const socket of sockets.clients) socket.terminate();
    },
    close() {
      for (const socket of sockets.clients) socket.terminate();
      http.close();
    },
  };
}
