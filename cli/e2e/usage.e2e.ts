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
  const commands = ['run', 'compare', 'load', 'mutate', 'cluster', 'cleanup', 'report', 'doctor'];
  for (const command of [[], ...commands.map((name) => [name])]) {
    const { exitCode, stdout } = await netvet([...command, '--help']).finished;
    assert.equal(exitCode, 0);
    assert.match(stdout, /Examples:\n {2}netvet/);
  }
});

test('load has a sentence for each of its own mistakes, and lists its scripts', async () => {
  const wrong = [
    '--script',
    'x',
    '--rate',
    '0',
    '--duration',
    '1',
    '--tolerance',
    'y',
    '--max-time',
    '1',
    '--thresholds',
    '/no',
    '--distributed',
    '0',
  ];
  const { exitCode, stderr } = await netvet(['load', ...wrong]).finished;
  assert.equal(exitCode, 2);
  const lines = stderr.trim().split('\n');
  const words = ['--script', '--rate', '--duration', '--tolerance', '--max-time', '--thresholds', '--distributed'];
  assert.equal(lines.length, words.length, stderr);
  for (const [i, word] of words.entries()) assert.ok(lines[i]?.startsWith(`netvet: ${word} `), stderr);
  const many = await netvet(['load', '--distributed', 'x', '--install-operator', '--nodes', '0']).finished;
  assert.equal(many.exitCode, 2);
  assert.deepEqual(many.stderr.match(/^netvet: --[a-z-]+/gm), [
    'netvet: --nodes',
    'netvet: --install-operator',
    'netvet: --distributed',
  ]);
  const list = await netvet(['load', '--list']).finished;
  assert.equal(list.exitCode, 0);
  assert.match(list.stdout, /^connect-per-request .*\nkeep-alive /);
});
