import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '../../cli/usage.ts';
import { readOptions } from './options.ts';

test('without options everything is measured, with one minute to load', () => {
  assert.deepEqual(readOptions([]), {
    sizes: [1, 100, 1000, 10_000],
    proxies: ['reference', 'nftables', 'iptables'],
    kubeProxy: ['v1.34.3', 'v1.37.2'],
    limits: { loadMs: 60_000, changeMs: 30_000 },
  });
});

test('sizes, proxies and versions narrow it', () => {
  const argv = ['--sizes', '10, 1,10', '--proxies=nftables', '--kube-proxy', '1.36.3,v1.38.0-beta.0', '--limit', '5'];
  assert.deepEqual(readOptions(argv), {
    sizes: [10, 1],
    proxies: ['nftables'],
    kubeProxy: ['v1.36.3', 'v1.38.0-beta.0'],
    limits: { loadMs: 5000, changeMs: 5000 },
  });
});

test('help is not an error', () => assert.equal(readOptions(['--help']), undefined));

test('every mistake is said, one sentence each', () => {
  const argv = [
    '--sizes',
    '0,ten,99999',
    '--proxies',
    'ipvs',
    '--kube-proxy',
    'v1',
    '--limit',
    'soon',
    '--fast',
    'now',
  ];
  assert.throws(
    () => readOptions(argv),
    (error) => {
      assert.ok(error instanceof UsageError);
      assert.equal(error.mistakes.length, 8);
      for (const word of ['"0"', '"ten"', '"99999"', '"ipvs"', '"v1"', '"soon"', '--fast', '"now"'])
        assert.ok(
          error.mistakes.some((mistake) => mistake.includes(word)),
          word,
        );
      return true;
    },
  );
});
