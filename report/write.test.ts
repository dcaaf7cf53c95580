import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Envelope } from '@cucumber/messages';
import { sample } from './testing/sample.ts';
import { openMessages, writeReports } from './write.ts';

const folder = mkdtempSync(join(tmpdir(), 'netvet-write-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('writes all reports into a directory that it makes, and nothing else', async () => {
  const directory = join(folder, 'a/b');
  await writeReports(sample(), directory);
  assert.deepEqual(readdirSync(directory).toSorted(), ['conformance.yaml', 'index.html', 'junit.xml', 'run.json']);
  assert.deepEqual(JSON.parse(readFileSync(join(directory, 'run.json'), 'utf8')), sample());
});

test('a report that cannot be put in its place leaves no half file behind, and the old ones as they were', async () => {
  const directory = join(folder, 'c');
  await writeReports(sample(), directory);
  const old = readFileSync(join(directory, 'run.json'), 'utf8');
  rmSync(join(directory, 'junit.xml'));
  mkdirSync(join(directory, 'junit.xml/occupied'), { recursive: true });
  await assert.rejects(writeReports(sample(), directory), /EISDIR|ENOTEMPTY|EEXIST/);
  assert.deepEqual(
    readdirSync(directory).filter((name) => name.endsWith('.tmp')),
    [],
  );
  assert.equal(readFileSync(join(directory, 'run.json'), 'utf8'), old);
});

test('messages are one JSON line each, as they come', async () => {
  const directory = join(folder, 'd');
  const messages = await openMessages(directory);
  const envelopes = ['a\nb', 'c'].map((message): Envelope => ({ parseError: { source: {}, message } }));
  for (const envelope of envelopes) messages.write(envelope);
  await messages.close();
  const lines = readFileSync(join(directory, 'messages.ndjson'), 'utf8').trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line) as unknown),
    envelopes,
  );
});

test('messages that cannot be written are told on closing, not in the middle of a run', async () => {
  const directory = join(folder, 'e');
  mkdirSync(join(directory, 'messages.ndjson'), { recursive: true });
  const messages = await openMessages(directory);
  messages.write({});
  await assert.rejects(messages.close(), /EISDIR/);
});

test('what a run that was cut short still says is left out, and breaks nothing', async () => {
  const messages = await openMessages(join(folder, 'f'));
  messages.write({});
  const closing = messages.close();
  messages.write({});
  await closing;
  messages.write({});
  assert.equal(readFileSync(join(folder, 'f/messages.ndjson'), 'utf8'), '{}\n');
});
