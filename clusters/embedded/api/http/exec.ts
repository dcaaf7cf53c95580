/**
 * Exec and attach over WebSocket: each message's first byte is its channel. 0 stdin, 1 stdout, 2 stderr, 3 the final
 * Status, 4 the terminal's size; since v5, 255 closes the channel that the next byte names.
 * https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/4006-transition-spdy-to-websockets
 */
import { type Duplex, PassThrough, Writable } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { badRequest } from '../errors.ts';
import { asApiError, failure, flag, type ResourceExchange, statusOf, success } from './exchange.ts';
import { runningOf } from './logs.ts';

const channel = { stdin: 0, stdout: 1, stderr: 2, status: 3, close: 255 };

/** Newest first. The text-only (base64) variants are of browsers and not spoken here. */
const protocols = ['v5.', 'v4.', 'v3.', 'v2.', ''].map((version) => `${version}channel.k8s.io`);

const server = new WebSocketServer({
  noServer: true,
  perMessageDeflate: false,
  handleProtocols: (offered) => protocols.find((each) => offered.has(each)) ?? false,
});

const nonZero = (code: number) => ({
  ...failure,
  reason: 'NonZeroExitCode',
  message: `command terminated with non-zero exit code: command terminated with exit code ${code}`,
  details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
});

function send(socket: WebSocket, to: number, data: Buffer | string, sent: () => void = () => {}): void {
  // a client that left has no use for the rest, and the command is told by its signal
  if (socket.readyState !== socket.OPEN) sent();
  else socket.send(Buffer.concat([Buffer.from([to]), Buffer.from(data)]), () => sent());
}

const output = (socket: WebSocket, to: number): Writable =>
  new Writable({ write: (chunk: Buffer, _encoding, callback) => send(socket, to, chunk, callback) });

const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, callback) => callback() });

/** Client's messages into stdin; the socket waits while the command does not read. */
function input(socket: WebSocket): PassThrough {
  const stdin = new PassThrough();
  // an ended stream does not drain
  for (const event of ['drain', 'finish']) stdin.on(event, () => socket.resume());
  socket.on('message', (message) => {
    // the default binaryType
    const data = message as Buffer;
    if (data[0] === channel.close && data[1] === channel.stdin) stdin.end();
    else if (data[0] === channel.stdin && data.length > 1 && !stdin.writableEnded)
      if (!stdin.write(data.subarray(1))) socket.pause();
  });
  socket.on('close', () => stdin.end());
  return stdin;
}

/** Subresources that are such streams. */
export const isStreamed = (subresource: string | undefined): boolean => ['exec', 'attach'].includes(subresource ?? '');

/** Takes the connection over for a command or the container's program. Throws the refusal while it is still HTTP. */
export function serveStreams(exchange: ResourceExchange, socket: Duplex, head: Buffer): void {
  const { request, query, target } = exchange;
  const { kubelet, ...where } = runningOf(exchange);
  if (!kubelet) throw badRequest(`pod ${where.pod} does not have a host assigned`);
  const isExec = target.subresource === 'exec';
  const argv = query.getAll('command');
  if (isExec && argv.length === 0) throw badRequest('you must specify at least 1 command for the container');
  const [stdin, stdout, stderr] = ['stdin', 'stdout', 'stderr'].map((name) => flag(query, name));
  const tty = flag(query, 'tty');
  if (!stdin && !stdout && !stderr) throw badRequest('you must specify at least one of stdin, stdout, stderr');

  server.handleUpgrade(request, socket, head, (client) => {
    const gone = new AbortController();
    client.on('close', () => gone.abort());
    client.on('error', () => client.terminate());
    const streams = {
      ...(stdin && { stdin: input(client) }),
      stdout: stdout ? output(client, channel.stdout) : nowhere(),
      // a terminal has one stream
      stderr: stderr && !tty ? output(client, channel.stderr) : nowhere(),
    };
    const finish = (status: object) => {
      // the client's goodbye must be heard, even if the command left its stdin unread
      client.resume();
      send(client, channel.status, JSON.stringify(status), () => client.close(1000));
    };
    const { signal } = gone;
    const running = isExec
      ? kubelet.exec(where, argv, streams, { tty, signal })
      : kubelet.attach(where, streams, { signal }).then(() => 0);
    running.then(
      (code) => finish(code === 0 ? success : nonZero(code)),
      (error: unknown) => finish(statusOf(asApiError(error))),
    );
  });
}
