import assert from 'node:assert/strict';
import { test } from 'node:test';
import { netvet } from './netvet.ts';

test('every mistake gets its sentence, all at once, exit code 2, and nothing is started', async () => {
  const { exitCode, stdout, stderr } = await netvet([
    'run',
    '--cluster',
    'moon',
    '--cni',
    'duct-tape',
    '--nodes',
    '21',
    '--parallel',
    'x',
    '--repeat',
    '101',
    '--profile',
    'lenient',
    '--tags',
    '@core and (',
  ]).finished;
  assert.equal(exitCode, 2);
  assert.equal(stdout, '');
  const lines = stderr.trim().split('\n');
  assert.equal(lines.length, 7, stderr);
  for (const [i, word] of [
    '--cluster',
    '--cni',
    '--nodes',
    '--parallel',
    '--repeat',
    '--profile',
    '--tags',
  ].entries()) {
    assert.ok(lines[i]?.startsWith('netvet: ') && lines[i].includes(word), stderr);
  }
});

test('an unknown flag and an unknown command name themselves and where help is', async () => {
  const [flag, command] = await Promise.all([netvet(['run', '--fast']).finished, netvet(['runn']).finished]);
  assert.equal(flag.exitCode, 2);
  assert.match(flag.stderr, /--fast[\s\S]*netvet run --help/);
  assert.equal(command.exitCode, 2);
  assert.match(command.stderr, /runn[\s\S]*netvet --help/);
});

test('--help has examples in every command', async () => {
  for (const command of [[], ['run'], ['compare'], ['mutate'], ['cluster'], ['cleanup'], ['report'], ['doctor']]) {
    const { exitCode, stdout } = await netvet([...command, '--help']).finished;
    assert.equal(exitCode, 0);
    assert.match(stdout, /Examples:\n {2}netvet/);
  }
});
