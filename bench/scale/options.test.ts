import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '../../cli/usage.ts';
import { readOptions } from './options.ts';

test('without options it is the large cluster of the documentation', () => {
  const usual = { pods: [1000, 50_000, 150_000], services: 10_000, policies: 5000, flows: 200_000, streaming: true };
  assert.deepEqual(readOptions([]), usual);
});

test('sizes are sorted and taken once; help is no error', () => {
  const options = readOptions(['--pods', '5000, 100,5000', '--services=0', '--flows', '0', '--no-streaming']);
  assert.deepEqual(options, { pods: [100, 5000], services: 0, policies: 5000, flows: 0, streaming: false });
  assert.equal(readOptions(['--help', '--pods', 'many']), undefined);
});

test('every mistake is said, one sentence each', () => {
  const argv = ['--pods', '1,many', '--services=-1', '--policies', 'some', '--flows', '999999'];
  assert.throws(
    () => readOptions(argv),
    (error) => error instanceof UsageError && error.mistakes.length === 5,
  );
  assert.throws(() => readOptions(['--fast']), { code: 'ERR_PARSE_ARGS_UNKNOWN_OPTION' });
});
