import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { array, assert as check, constantFrom, oneof, property, record } from 'fast-check';
import { Leases } from './leases.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'netvet-leases-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('addresses go round, and neither network nor broadcast address is given away', () => {
  const leases = new Leases(directory);
  const given = Array.from({ length: 6 }, (_, index) => leases.reserve('10.0.0.8/29', `c${index}`, 'eth0'));
  assert.deepEqual(given, ['10.0.0.9', '10.0.0.10', '10.0.0.11', '10.0.0.12', '10.0.0.13', '10.0.0.14']);
  assert.equal(leases.reserve('10.0.0.8/29', 'c6', 'eth0'), undefined);
  leases.release('10.0.0.10', 'c1', 'eth0');
  leases.release('10.0.0.13', 'c4', 'eth0');
  assert.equal(leases.free('10.0.0.8/29'), 2);
  // the last one given was .14: it comes round to the first free one
  assert.equal(leases.reserve('10.0.0.8/29', 'c7', 'eth0'), '10.0.0.10');
  assert.equal(leases.reserve('10.0.0.8/29', 'c8', 'eth0'), '10.0.0.13');
});

test('an address rests as long as possible before it is used again', () => {
  const leases = new Leases(directory);
  const seen = Array.from({ length: 254 }, () => {
    const address = leases.reserve('10.0.0.0/24', 'c', 'eth0') ?? '';
    leases.release(address, 'c', 'eth0');
    return address;
  });
  assert.equal(new Set(seen).size, 254);
});

test('the files are host-local’s', () => {
  const leases = new Leases(directory);
  leases.reserve('10.0.0.0/24', 'abc', 'eth0');
  assert.deepEqual(readdirSync(directory), ['10.0.0.1', 'last_reserved_ip.0']);
  assert.equal(readFileSync(join(directory, '10.0.0.1'), 'utf8'), 'abc\r\neth0');
  assert.equal(readFileSync(join(directory, 'last_reserved_ip.0'), 'utf8'), '10.0.0.1');
});

test('files of host-local, of people and of crashes are understood', () => {
  writeFileSync(join(directory, '10.0.0.1'), '  by-hand \n eth0\n\n');
  writeFileSync(join(directory, '10.0.0.2'), 'old');
  writeFileSync(join(directory, '10.0.0.3'), '');
  writeFileSync(join(directory, 'lock'), '');
  writeFileSync(join(directory, 'last_reserved_ip.0'), 'garbage');
  const leases = new Leases(directory);
  assert.deepEqual(leases.list(), [
    { address: '10.0.0.1', containerId: 'by-hand', ifname: 'eth0' },
    { address: '10.0.0.2', containerId: 'old', ifname: '' },
    { address: '10.0.0.3', containerId: '', ifname: '' },
  ]);
  assert.equal(leases.reserve('10.0.0.0/24', 'c', 'eth0'), '10.0.0.4');
});

test('only its owner frees an address', () => {
  const leases = new Leases(directory);
  const address = leases.reserve('10.0.0.0/24', 'a', 'eth0') ?? '';
  leases.release(address, 'b', 'eth0');
  leases.release(address, 'a', 'eth1');
  assert.equal(leases.list().length, 1);
  leases.release(address, 'a', 'eth0');
  leases.release(address, 'a', 'eth0');
  assert.deepEqual(leases.list(), []);
});

test('ranges too small for Pods, and what is no range, have no address', () => {
  for (const range of ['10.0.0.0/31', '10.0.0.0/32', '', 'x', 'fd00::/64']) {
    assert.equal(new Leases(directory).reserve(range, 'c', 'eth0'), undefined);
  }
});

test('whatever is reserved and released in whatever order, no address has two owners', () => {
  const containers = Array.from({ length: 10 }, (_, index) => `c${index}`);
  const step = oneof(
    record({ do: constantFrom('reserve'), who: constantFrom(...containers) }),
    record({ do: constantFrom('release'), who: constantFrom(...containers) }),
  );
  check(
    property(array(step, { maxLength: 40 }), (steps) => {
      const here = mkdtempSync(join(directory, 'run-'));
      const leases = new Leases(here);
      const owners = new Map<string, string>();
      for (const { do: action, who } of steps) {
        const held = [...owners].find(([, owner]) => owner === who)?.[0];
        if (action === 'release' && held !== undefined) {
          leases.release(held, who, 'eth0');
          owners.delete(held);
        }
        if (action === 'reserve' && held === undefined) {
          const address = leases.reserve('10.0.0.0/29', who, 'eth0');
          assert.equal(address === undefined, owners.size === 6, 'only a full range has none');
          if (address === undefined) continue;
          assert.ok(!owners.has(address));
          owners.set(address, who);
        }
      }
      assert.deepEqual(
        new Map(leases.list().map(({ address, containerId }) => [address, containerId])),
        new Map([...owners].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      );
    }),
    { numRuns: 50 },
  );
});
