import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig, parseConfig } from './config.ts';
import { addressesOf } from './index.ts';

const list = (more: object) => JSON.stringify({ cniVersion: '1.0.0', name: 'net', plugins: [{ type: 'a' }], ...more });

test('the lexicographically first file wins, and a broken one hides all others', () => {
  const directory = mkdtempSync(join(tmpdir(), 'netvet-cni-test-'));
  try {
    assert.equal(loadConfig(directory), undefined);
    writeFileSync(join(directory, '20-b.conflist'), list({ name: 'b' }));
    writeFileSync(join(directory, '10-a.conf'), JSON.stringify({ cniVersion: '0.4.0', name: 'a', type: 'bridge' }));
    writeFileSync(join(directory, '00-not.txt'), '');
    writeFileSync(join(directory, '.00-hidden.conflist.tmp'), '');
    assert.deepEqual(
      loadConfig(directory)?.plugins.map(({ type }) => type),
      ['bridge'],
    );
    writeFileSync(join(directory, '05-broken.conflist'), '{');
    assert.throws(() => loadConfig(directory), /^CniError: cni config load failed: .*05-broken\.conflist/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('plugins may lie in a directory with the name of the network (CNI 1.1)', () => {
  const directory = mkdtempSync(join(tmpdir(), 'netvet-cni-test-'));
  try {
    mkdirSync(join(directory, 'net'));
    writeFileSync(join(directory, 'net/b.conf'), JSON.stringify({ type: 'b' }));
    writeFileSync(join(directory, 'net/a.conf'), JSON.stringify({ type: 'aa' }));
    const types = (more: object) => parseConfig(list(more), true, directory).plugins.map(({ type }) => type);
    assert.deepEqual(types({}), ['a', 'aa', 'b']);
    assert.deepEqual(types({ loadOnlyInlinedPlugins: true }), ['a']);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('of several versions the newest that is known is taken', () => {
  assert.equal(parseConfig(list({ cniVersions: ['0.4.0', '1.1.0', '9.9.9'] }), true).cniVersion, '1.1.0');
  assert.equal(parseConfig(JSON.stringify({ name: 'net', plugins: [{ type: 'a' }] }), true).cniVersion, '0.1.0');
  assert.throws(() => parseConfig(list({ cniVersion: '2.0.0' }), true), /unsupported CNI version 2.0.0/);
});

test('bad lists are refused', () => {
  for (const more of [
    { name: '' },
    { name: 'a/b' },
    { name: undefined },
    { plugins: [] },
    { plugins: {} },
    { plugins: [{}] },
  ]) {
    assert.throws(() => parseConfig(list(more), true), Error, JSON.stringify(more));
  }
});

test('flags are booleans or their words', () => {
  assert.equal(parseConfig(list({ disableGC: 'True' }), true).disableGC, true);
  assert.equal(parseConfig(list({ disableGC: true }), true).disableGC, true);
  assert.equal(parseConfig(list({}), true).disableGC, false);
});

test('addresses are those of the interface asked for', () => {
  const interfaces = [{ name: 'vethx' }, { name: 'eth0', sandbox: '/n' }];
  assert.deepEqual(addressesOf({ interfaces, ips: [{ address: '10.0.0.2/24', interface: 1 }] }, 'eth0'), ['10.0.0.2']);
  assert.deepEqual(addressesOf({ ips: [{ address: '10.0.0.2/24' }, { address: 'fd00::2/64' }] }, 'eth0'), [
    '10.0.0.2',
    'fd00::2',
  ]);
  assert.throws(
    () => addressesOf({ interfaces, ips: [{ address: '10.0.0.2/24', interface: 0 }] }, 'eth0'),
    /no address of eth0/,
  );
  assert.throws(
    () => addressesOf({ interfaces, ips: [{ address: '10.0.0.2/24', interface: 7 }] }, 'eth0'),
    /interface 7/,
  );
  assert.throws(() => addressesOf({}, 'eth0'), /failed to find network info/);
});
