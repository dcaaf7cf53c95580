import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '../../cli/usage.ts';
import { readOptions } from './options.ts';

test('without options: 0, 8 and 16 busy Pods, and the agent’s own request', () => {
  assert.deepEqual(readOptions([]), { busy: [0, 8, 16], changes: 50, limitMs: 300_000 });
});

test('all of it can be chosen', () => {
  const argv = ['--busy', '16, 4,16', '--changes=100', '--limit', '20', '--request', '250'];
  assert.deepEqual(readOptions(argv), { busy: [16, 4], changes: 100, limitMs: 20_000, request: 250 });
});

test('help is not an error', () => assert.equal(readOptions(['--help']), undefined));

test('every mistake is said, one sentence each', () => {
  const argv = ['--busy', '-1,many', '--changes', '0', '--limit', 'soon', '--request', '1.5', '--fast', 'now'];
  assert.throws(
    () => readOptions(argv),
    (error) => error instanceof UsageError && error.mistakes.length === 7,
  );
});
