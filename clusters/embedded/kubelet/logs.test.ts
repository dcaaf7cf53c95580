import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, test } from 'node:test';
import { ContainerLog, writeLog } from './logs.ts';

const directory = mkdtempSync(join(tmpdir(), 'netvet-log-test-'));
after(() => rmSync(directory, { recursive: true }));
let serial = 0;
const log = () => new ContainerLog(join(directory, `${serial++}/0.log`));

async function read(
  source: ContainerLog,
  options: { follow?: boolean; tailLines?: number; timestamps?: boolean; signal?: AbortSignal } = {},
): Promise<string> {
  const out = new PassThrough().setEncoding('utf8');
  let text = '';
  out.on('data', (chunk: string) => (text += chunk));
  await writeLog(source, out, { signal: AbortSignal.timeout(60_000), ...options });
  await new Promise((resolve) => setImmediate(resolve));
  return text;
}

test('lines are whole, of each stream, and the last one needs no newline', async () => {
  const source = log();
  source.write('stdout', 'one\ntw');
  source.write('stderr', 'error\n');
  source.write('stdout', 'o\nthree');
  assert.equal(await read(source), 'one\nerror\ntwo\n');
  source.end();
  source.write('stdout', 'too late\n');
  assert.equal(await read(source), 'one\nerror\ntwo\nthree\n');
  assert.equal(await read(source, { tailLines: 2 }), 'two\nthree\n');
  assert.equal(await read(source, { tailLines: 0 }), '');
  assert.match(await read(source, { tailLines: 1, timestamps: true }), /^\d{4}-\d\d-\d\dT[\d:.]+Z three\n$/);
  const file = readFileSync(join(directory, `${serial - 1}/0.log`), 'utf8');
  assert.match(file, /^\S+Z stdout F one\n\S+Z stderr F error\n\S+Z stdout F two\n\S+Z stdout F three\n$/);
});

test('a follower gets what comes, and ends with the log or its signal', async () => {
  const source = log();
  source.write('stdout', 'before\n');
  const following = read(source, { follow: true });
  setTimeout(() => source.write('stdout', 'after\n'), 10);
  setTimeout(() => source.end(), 20);
  assert.equal(await following, 'before\nafter\n');
  const open = log();
  assert.equal(await read(open, { follow: true, signal: AbortSignal.timeout(30) }), '');
  open.end();
});

test('old lines go when there are too many; a follower that is behind loses only those', async () => {
  const source = log();
  const line = 'x'.repeat(1023);
  for (let i = 0; i < 3000; i += 1) source.write('stdout', `${String(i).padStart(5)}${line}\n`);
  const text = await read(source);
  assert.ok(text.length < 1.1 * 2 ** 20, `${text.length} characters`);
  assert.equal(text.trimEnd().split('\n').at(-1)?.slice(0, 5), ' 2999');
  source.end();
});
