import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { WebSocket } from 'ws';
import { pod, type Rig, startRig } from '../testing.ts';

const v5 = 'v5.channel.k8s.io';
const v4 = 'v4.channel.k8s.io';

const urlOf = ({ server }: Rig, query: string, name = 'a', subresource = 'exec') =>
  `${server.url.replace('http', 'ws')}/api/v1/namespaces/default/pods/${name}/${subresource}?${query}`;

/** Opens an exec, or attaches, and collects what each channel says. */
async function open(rig: Rig, query: string, protocols = [v5, v4], subresource = 'exec') {
  const socket = new WebSocket(urlOf(rig, query, 'a', subresource), protocols);
  const said = new Map<number, Buffer[]>();
  socket.on('message', (data: Buffer) => {
    const channel = data[0] as number;
    said.set(channel, [...(said.get(channel) ?? []), data.subarray(1)]);
  });
  const closed = once(socket, 'close') as Promise<[code: number]>;
  await once(socket, 'open');
  const text = (channel: number) => Buffer.concat(said.get(channel) ?? []).toString();
  const status = async () => {
    const [code] = await closed;
    return { code, ...(JSON.parse(text(3)) as { status: string; details?: { causes: { message: string }[] } }) };
  };
  return { socket, text, status, said };
}

async function rigWithPod(t: TestContext): Promise<Rig> {
  const rig = await startRig(t);
  rig.store.create(pod('a'));
  return rig;
}

test('what a command writes comes on its channels, then its end', async (t) => {
  const rig = await rigWithPod(t);
  const { text, status, socket } = await open(rig, 'command=both&stdout=true&stderr=true');
  assert.equal(socket.protocol, v5);
  const { code, status: result } = await status();
  assert.deepEqual([code, result, text(1), text(2)], [1000, 'Success', 'to stdout\n', 'to stderr\n']);
  assert.deepEqual(rig.kubelet.seen, ['exec a/main both tty=false']);
});

test('a stream that is not asked for is not sent, and a terminal has only one', async (t) => {
  const rig = await rigWithPod(t);
  const quiet = await open(rig, 'command=both&stderr=true');
  await quiet.status();
  assert.deepEqual([quiet.text(1), quiet.text(2)], ['', 'to stderr\n']);
  const terminal = await open(rig, 'command=both&stdout=1&stderr=1&tty=1');
  await terminal.status();
  assert.deepEqual([terminal.text(1), terminal.text(2)], ['to stdout\n', '']);
});

test('a command that fails says with what, and one that cannot start says why', async (t) => {
  const rig = await rigWithPod(t);
  const failed = await (await open(rig, 'command=fail&command=7&stdout=1')).status();
  assert.deepEqual([failed.status, failed.details?.causes], ['Failure', [{ reason: 'ExitCode', message: '7' }]]);
  const gone = await (await open(rig, 'command=gone&stdout=1')).status();
  assert.match(JSON.stringify(gone), /container main is not running/);
});

test('stdin reaches the command and ends with its channel (v5) or with the connection (v4)', async (t) => {
  const rig = await rigWithPod(t);
  const newer = await open(rig, 'command=cat&stdin=1&stdout=1', [v5]);
  newer.socket.send(Buffer.from('\0hello '));
  newer.socket.send(Buffer.from('\0world'));
  newer.socket.send(Buffer.from([4, ...Buffer.from('{"Width":80,"Height":24}')]));
  newer.socket.send(Buffer.from([255, 0]));
  assert.equal((await newer.status()).status, 'Success');
  assert.equal(newer.text(1), 'hello world');
  const older = await open(rig, 'command=cat&stdin=1&stdout=1', [v4]);
  assert.equal(older.socket.protocol, v4);
  older.socket.send(Buffer.from('\0x'));
  while (older.text(1) !== 'x') await once(older.socket, 'message');
  older.socket.close();
});

test('megabytes go both ways unharmed', async (t) => {
  const rig = await rigWithPod(t);
  const { socket, said, status } = await open(rig, 'command=cat&stdin=1&stdout=1');
  const sent = randomBytes(5_000_000);
  for (let at = 0; at < sent.length; at += 100_000)
    socket.send(Buffer.concat([Buffer.from([0]), sent.subarray(at, at + 100_000)]));
  socket.send(Buffer.from([255, 0]));
  await status();
  assert.ok(Buffer.concat(said.get(1) ?? []).equals(sent));
});

test('a command that does not read its stdin ends all the same', async (t) => {
  const rig = await rigWithPod(t);
  const { socket, status } = await open(rig, 'command=fail&command=1&stdin=1&stdout=1');
  for (let count = 0; count < 50; count += 1) socket.send(Buffer.alloc(100_000));
  assert.equal((await status()).status, 'Failure');
});

test('the command hears of it when its client is gone', async (t) => {
  const rig = await rigWithPod(t);
  const { socket } = await open(rig, 'command=hang&stdout=1');
  socket.terminate();
  while (!rig.kubelet.seen.includes('aborted')) await new Promise((resolve) => setTimeout(resolve, 5));
});

test('attach joins a client to what runs already, and says how that ended', async (t) => {
  const rig = await startRig(t);
  const containers = ['main', 'gone'].map((name) => ({ name, image: 'x' }));
  rig.store.create(pod('a', { nodeName: 'node1', containers }));
  const attached = await open(rig, 'container=main&stdin=true&stdout=true', [v5], 'attach');
  attached.socket.send(Buffer.from('\0hello'));
  while (attached.text(1) !== 'hello') await once(attached.socket, 'message');
  attached.socket.send(Buffer.from([255, 0]));
  const { code, status } = await attached.status();
  assert.deepEqual([code, status, rig.kubelet.seen], [1000, 'Success', ['attach a/main']]);
  const gone = await open(rig, 'container=gone&stdout=true', [v5], 'attach');
  assert.match(JSON.stringify(await gone.status()), /container gone is not running/);
});

test('what cannot be done is refused in HTTP, before the connection changes', async (t) => {
  const rig = await rigWithPod(t);
  rig.store.create(pod('waiting', {}));
  const two = [
    { name: 'one', image: 'x' },
    { name: 'two', image: 'x' },
  ];
  rig.store.create(pod('two', { nodeName: 'node1', containers: two }));
  const refused = async (query: string, name?: string) => {
    const socket = new WebSocket(urlOf(rig, query, name), [v5]);
    const [, response] = (await once(socket, 'unexpected-response')) as [
      unknown,
      NodeJS.ReadableStream & { statusCode: number },
    ];
    let body = '';
    for await (const chunk of response) body += chunk.toString();
    return [response.statusCode, (JSON.parse(body) as { message: string }).message];
  };
  const command = 'command=echo&stdout=1';
  assert.deepEqual(await refused(command, 'missing'), [404, 'pods "missing" not found']);
  assert.deepEqual(await refused(command, 'waiting'), [400, 'pod waiting does not have a host assigned']);
  assert.deepEqual(await refused(command, 'two'), [
    400,
    'a container name must be specified for pod two, choose one of: [one two]',
  ]);
  assert.deepEqual(await refused('stdout=1'), [400, 'you must specify at least 1 command for the container']);
  assert.deepEqual(await refused('command=echo'), [400, 'you must specify at least one of stdin, stdout, stderr']);
  assert.deepEqual(await refused(`${command}&container=x`), [400, 'container x is not valid for pod a']);
  const upgrade = (path: string, protocol: string) =>
    new Promise<string>((resolve) => {
      const socket = connect(rig.server.port, '127.0.0.1', () =>
        socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`),
      );
      socket.once('data', (data) => resolve(data.toString()));
    });
  assert.match(
    await upgrade('/api/v1/namespaces/default/pods/a/exec', 'SPDY/3.1'),
    /^HTTP\/1\.1 400 .*only WebSocket/s,
  );
  assert.match(await upgrade('/api/v1/pods', 'websocket'), /^HTTP\/1\.1 400 .*only exec and attach can be upgraded/s);
});

test('closing the server ends its execs', async (t) => {
  const rig = await rigWithPod(t);
  const { socket } = await open(rig, 'command=hang&stdout=1');
  const closed = once(socket, 'close');
  await rig.server.close();
  await closed;
});
