/** Every script against the server that it is made for, by hand: `k6 run` with the documented variables. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { buildSync } from 'esbuild';
import { execa } from 'execa';
import {
  accountOf,
  type Counted,
  entryName,
  lossOf,
  parseRecording,
  type Script,
  scriptFiles,
  scripts,
} from './index.ts';

const k6 = await execa('sh', [join(import.meta.dirname, '../scripts/tool.sh'), 'k6'], { reject: false });

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('the catalogue', () => {
  it('has every script that asks for TARGETS, and each of them is there', () => {
    const files = scriptFiles();
    const asking = Object.entries(files).filter(
      ([name, text]) => name.endsWith('.ts') && /optionsFor\(\s*'/.test(text),
    );
    assert.deepEqual(
      asking.map(([name]) => name.replace('.ts', '')).toSorted(),
      scripts.map(({ name }) => name).toSorted(),
    );
    for (const { name } of scripts) assert.ok(entryName(name) in files);
  });

  it('fits into a ConfigMap', () => assert.ok(JSON.stringify(scriptFiles()).length < 1_000_000));
});

describe('scripts', { skip: k6.failed && 'k6 cannot be had here' }, () => {
  const ports = { http: 0, https: 0, grpc: 0 };
  const counts: Record<string, Counted> = {};
  let directory: string;
  let server: ReturnType<typeof spawn>;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'scripts-'));
    for (const [name, text] of Object.entries(scriptFiles())) await writeFile(join(directory, name), text);
    const { outputFiles } = buildSync({
      entryPoints: [join(import.meta.dirname, '../steps/workloads/frontend/server.ts')],
      bundle: true,
      write: false,
      platform: 'node',
      format: 'cjs',
      external: ['pg-native', 'pg-cloudflare', 'bufferutil', 'utf-8-validate'],
      logLevel: 'silent',
    });
    const file = join(directory, 'server.cjs');
    await writeFile(file, outputFiles[0]?.text ?? '');
    for (const name of ['http', 'https', 'grpc'] as const) ports[name] = await freePort();
    const env = {
      PORT: ports.http,
      TLS_PORT: ports.https,
      GRPC_PORT: ports.grpc,
      POD_NAME: 'web-1',
      POD_IP: '127.0.0.1',
    };
    const strings = Object.fromEntries(Object.entries(env).map(([key, value]) => [key, String(value)]));
    server = spawn(process.execPath, [file], {
      env: { ...process.env, ...strings },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    createInterface({ input: server.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      Object.assign(counts, (JSON.parse(line) as { counts: object }).counts);
    });
    while ((await fetch(`http://127.0.0.1:${ports.http}/healthz`).catch(() => undefined)) === undefined);
  });
  after(async () => {
    server.kill('SIGKILL');
    await rm(directory, { recursive: true });
  });

  const run = async (name: string, env: Record<string, string | number>) => {
    const variables = Object.entries({ RECORD: 1, ...env }).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
    const argv = ['run', '--quiet', '--log-format=raw', ...variables, join(directory, entryName(name))];
    const result = await execa(k6.stdout, argv, { reject: false, all: true, env: { K6_NO_USAGE_REPORT: 'true' } });
    return { exitCode: result.exitCode ?? -1, recording: parseRecording(result.all) };
  };

  for (const { name, port } of scripts satisfies readonly Script[]) {
    it(`${name}: the Pod that it names answers each request, and both sides agree on their number`, async () => {
      const kind = name.replaceAll('-', '_');
      const env = {
        TARGETS: `127.0.0.1:${ports[port]}`,
        KIND: kind,
        RATE: 40,
        DURATION: '1.6s',
        STEPS: 2,
        TIMEOUT_MS: 60_000,
      };
      const { exitCode, recording } = await run(name, env);
      const own = recording.requests.filter((request) => request.kind === kind);
      assert.equal(exitCode, 0, recording.notes.join('\n'));
      assert.ok(own.length > 20, `${own.length} requests`);
      assert.deepEqual([...new Set(own.map(lossOf))], [undefined]);
      assert.deepEqual([...new Set(own.map(({ pod }) => pod))], ['web-1']);
      while ((counts[kind]?.answered ?? 0) < own.length) await once(server.stdout as NodeJS.ReadableStream, 'data');
      const totals = { requests: own.length, iterations: 0, dropped: 0, begun: own.length };
      const process = own[0]?.process as string;
      assert.match(process, /^web-1\/[0-9a-f]{8}$/);
      const backends = [{ process, counts: { [kind]: counts[kind] as Counted } }];
      assert.deepEqual(accountOf({ ...recording, requests: own, totals }, exitCode, backends), []);
      const made = recording.requests.length;
      assert.equal(recording.totals?.requests, made);
    });
  }

  for (const name of ['websocket', 'grpc']) {
    it(`${name}: where nobody listens, all that was due is lost`, async () => {
      const target = `127.0.0.1:${await freePort()}`;
      await writeFile(join(directory, `${name}-alone.js`), `export { default, options } from './${name}.ts';\n`);
      const env = {
        TARGETS: target,
        KIND: 'nobody',
        RATE: 20,
        DURATION: '1s',
        CONNECTIONS: 2,
        TIMEOUT_MS: 300,
        RECORD: 1,
      };
      const variables = Object.entries(env).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
      const argv = ['run', '--quiet', '--log-format=raw', ...variables, join(directory, `${name}-alone.js`)];
      const { all } = await execa(k6.stdout, argv, { reject: false, all: true });
      const { requests } = parseRecording(all);
      assert.ok(requests.length >= 18, all);
      assert.equal(requests.filter((request) => lossOf(request) === undefined).length, 0);
    });
  }
});
