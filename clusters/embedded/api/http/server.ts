/** The API server's front end: plain HTTP/1.1, for whoever can reach it inside the cluster's own namespaces. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Kubelets } from '../../objects.ts';
import { badRequest } from '../errors.ts';
import type { Store } from '../store.ts';
import { asApiError, type Exchange, sendJson, statusOf } from './exchange.ts';
import { isStreamed, serveStreams } from './exec.ts';
import { handle } from './handle.ts';
import { authorize } from './rbac.ts';
import { segmentsOf, targetOf } from './route.ts';

export interface ServeOptions {
  store: Store;
  /** Where exec, attach and logs go. */
  kubelets: Kubelets;
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: any free port. */
  port?: number;
}

export interface ApiServer {
  /** `http://HOST:PORT`, for a kubeconfig's `server`. */
  url: string;
  port: number;
  /** Ends every connection, watches and streams included. */
  close(): Promise<void>;
}

/** Serves the store over HTTP. Resolves when it listens. */
export async function serveApi({ store, kubelets, host = '127.0.0.1', port = 0 }: ServeOptions): Promise<ApiServer> {
  const refuse = (response: ServerResponse, error: unknown): void => {
    if (response.headersSent) response.destroy();
    else sendJson(response, asApiError(error).code, statusOf(asApiError(error)));
  };
  const urlOf = (request: IncomingMessage) => new URL(request.url ?? '/', 'http://api');

  const server = createServer((request, response) => {
    const url = urlOf(request);
    const exchange: Exchange = { request, response, query: url.searchParams, store, kubelets };
    handle(exchange, url.pathname).catch((error: unknown) => refuse(response, error));
  });

  const upgraded = new Set<Duplex>();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const response = new ServerResponse(request);
    upgraded.add(socket);
    socket.on('close', () => upgraded.delete(socket));
    // a client that resets its connection has no wish left
    socket.on('error', () => socket.destroy());
    try {
      const url = urlOf(request);
      const target = targetOf(segmentsOf(url.pathname));
      if (!target || !isStreamed(target.subresource)) throw badRequest('only exec and attach can be upgraded');
      if (request.headers.upgrade?.toLowerCase() !== 'websocket')
        throw badRequest('unable to upgrade: only WebSocket connections are served');
      const exchange = { request, response, query: url.searchParams, store, kubelets, target };
      authorize(exchange);
      serveStreams(exchange, socket, head);
    } catch (error) {
      response.assignSocket(socket as Socket);
      response.shouldKeepAlive = false;
      response.on('finish', () => socket.end());
      refuse(response, error);
    }
  });

  // clients keep idle connections for 90 s (client-go), and one that is closed under them is an error to them
  server.keepAliveTimeout = 120_000;
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        // closed already is closed too
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of upgraded) (socket as Socket).destroy();
      }),
  };
}
