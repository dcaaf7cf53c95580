import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { type Entry, Journal } from './journal.ts';
import { attachmentName, isAttachmentName } from './names.ts';

let directory: string;
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'netvet-journal-')), 'attachments');
});
afterEach(() => rmSync(join(directory, '..'), { recursive: true }));

const entry = (containerId: string, ifname = 'eth0'): Entry => ({
  format: 1,
  network: 'netvet',
  containerId,
  ifname,
  netns: '/run/netns/x',
  namespace: 'default',
  pod: 'x',
  uid: 'u',
  ip: '10.0.0.1',
  hostInterface: attachmentName(containerId, ifname),
  mac: '0a:58:0a:00:00:01',
  mtu: 1500,
  portMappings: [{ hostPort: 1, containerPort: 2, protocol: 'TCP' }],
});

test('what is written is read, and what is removed is gone, also a second time', () => {
  const journal = new Journal(directory);
  const entries = [entry('a'), entry('a', 'net1'), entry('b')];
  for (const one of entries) journal.write(one);
  const load = () =>
    journal.load(assert.fail).toSorted((x, y) => (x.containerId + x.ifname < y.containerId + y.ifname ? -1 : 1));
  assert.deepEqual(load(), entries);
  for (const _ of [1, 2]) journal.remove('a', 'eth0');
  assert.deepEqual(load(), entries.slice(1));
});

test('a directory that is not there is an empty journal', () => {
  assert.deepEqual(new Journal(directory).load(assert.fail), []);
});

test('what is no entry is reported and removed; half-written ones too', () => {
  const journal = new Journal(directory);
  journal.write(entry('a'));
  for (const [name, text] of Object.entries({
    'nvgarbage.json': '{"format":',
    'empty.json': '',
    'null.json': 'null',
    'other-name.json': JSON.stringify(entry('b')),
    'nvx.json.tmp': '{}',
  })) {
    writeFileSync(join(directory, name), text);
  }
  const reported: string[] = [];
  assert.deepEqual(
    journal.load((file) => reported.push(file)),
    [entry('a')],
  );
  assert.equal(reported.length, 5);
  assert.deepEqual(readdirSync(directory), [`${attachmentName('a', 'eth0')}.json`]);
});

test('an entry of another version is not taken for garbage', () => {
  const journal = new Journal(directory);
  journal.write(entry('a'));
  writeFileSync(join(directory, 'nvnewer.json'), '{"format":2}');
  assert.throws(() => journal.load(assert.fail), /nvnewer\.json was written by another version of netvet \(format 2\)/);
  assert.equal(readdirSync(directory).length, 2);
});

test('names of links are as long as the kernel takes, and differ with container and interface', () => {
  const names = [
    ['a', 'eth0'],
    ['a', 'eth1'],
    ['b', 'eth0'],
    ['x'.repeat(200), 'eth0'],
  ].map(([id, ifname]) => attachmentName(id as string, ifname as string));
  assert.equal(new Set(names).size, 4);
  for (const name of names) assert.ok(isAttachmentName(name), name);
  assert.ok(!['nvvxlan', 'eth0', 'nvABCDEFGHIJKLM'].some(isAttachmentName));
});
