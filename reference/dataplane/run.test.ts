import assert from 'node:assert/strict';
import { ChildProcess } from 'node:child_process';
import { test } from 'node:test';
import { CommandError, createRun, failureOf, mustRun } from './run.ts';

const run = createRun();

test('a command gets its input and gives back all it says, and its exit code', async () => {
  const script = 'cat; echo oops >&2; exit 3';
  assert.deepEqual(await run(['sh', '-c', script], { stdin: 'in' }), { stdout: 'in', stderr: 'oops\n', exitCode: 3 });
});

test('a prefix goes before every command', async () => {
  const { stdout } = await createRun(['env', 'WHERE=there'])(['sh', '-c', 'echo $WHERE']);
  assert.equal(stdout, 'there\n');
});

test('a command may end without reading its input', async () => {
  assert.equal((await run(['true'], { stdin: 'x'.repeat(1_000_000) })).exitCode, 0);
});

test('words reach the command as they are', async () => {
  const words = ['a b', '$HOME', '`id`', "it's", '"', ';', ''];
  assert.deepEqual((await run(['printf', '%s\\n', ...words])).stdout.split('\n').slice(0, -1), words);
});

test('what has to succeed fails with a line to paste, what it said and what it was fed', async () => {
  await assert.rejects(mustRun(run, ['sh', '-c', 'echo no >&2; exit 1'], { stdin: 'the input' }), (error) => {
    assert.ok(error instanceof CommandError);
    assert.equal(
      error.message,
      "command failed (exit code 1): sh -c 'echo no >&2; exit 1'\nno\nits input was:\nthe input",
    );
    return true;
  });
});

test('a command that is not there is a CommandError too', async () => {
  await assert.rejects(run(['netvet-no-such-command']), /command failed .*netvet-no-such-command\nspawn .* ENOENT/);
});

test('long input is cut in the message and whole in the error', async () => {
  const stdin = 'y'.repeat(5000);
  await assert.rejects(mustRun(run, ['false'], { stdin }), (error) => {
    assert.ok(error instanceof CommandError && error.message.length < 2500);
    return error.stdin === stdin;
  });
});

test('a signal is an exit code of -1', async () => {
  assert.equal((await run(['sh', '-c', 'kill -9 $$'])).exitCode, -1);
});

test('a command that does not end is ended at its deadline, whoever else holds its output', async () => {
  const result = await createRun([], 200)(['sh', '-c', 'echo begun; sleep 2 & wait']);
  assert.deepEqual(result, {
    stdout: 'begun\n',
    stderr: 'it did not end within 200 ms',
    exitCode: -1,
    timedOut: true,
  });
  assert.equal(failureOf(result), 'timed out');
});

test('a command that cannot even be killed is not waited for', async (t) => {
  const kill = t.mock.method(ChildProcess.prototype, 'kill', () => true);
  const result = await createRun([], 200)(['sleep', '3600']);
  assert.equal(failureOf(result), 'timed out');
  const child = kill.mock.calls[0]?.this as ChildProcess | undefined;
  t.mock.restoreAll();
  assert.ok(child?.kill('SIGKILL'));
});

test('who knows that it takes longer says so', async () => {
  const slow = createRun([], 1);
  assert.equal((await slow(['true'], { deadlineMs: 60_000 })).exitCode, 0);
});

test('what a command says is known by its kind', () => {
  const kind = (stderr: string, exitCode = 1) => failureOf({ stderr, exitCode });
  assert.equal(kind('', 0), undefined);
  assert.equal(kind('Cannot find device "nvx"'), 'missing');
  assert.equal(kind('RTNETLINK answers: No such process'), 'missing');
  assert.equal(kind('conntrack v1.4.7 (conntrack-tools): 0 flow entries have been deleted.'), 'nothing to do');
  assert.equal(kind("conntrack v1.4.7 (conntrack-tools): Operation failed: such conntrack doesn't exist"), 'missing');
  assert.equal(kind('Error: Could not process rule: Device or resource busy'), 'other');
  assert.equal(kind('nsenter: failed to execute ip: No such file or directory', 127), 'other');
  assert.equal(kind('nsenter: cannot open /run/netns/a: No such file or directory'), 'other');
});

test('a long list is read line by line, and everything else goes on meanwhile', async () => {
  const lines: string[] = [];
  let turns = 0;
  let isOver = false;
  const turn = () => {
    turns += 1;
    if (!isOver) setImmediate(turn);
  };
  turn();
  const script = 'i=0; while [ $i -lt 3 ]; do i=$((i+1)); seq 100000; done; printf "the end, no line"';
  const result = await run(['sh', '-c', script], { line: (text) => void lines.push(text) });
  isOver = true;
  assert.deepEqual(result, { stdout: '', stderr: '', exitCode: 0 });
  assert.equal(lines.length, 300_001);
  assert.deepEqual([lines[0], lines[99_999], lines[100_000], lines.at(-1)], ['1', '100000', '1', 'the end, no line']);
  // 1.7 MB come in pieces of at most 64 KiB
  assert.ok(turns > 26, `${turns} turns`);
});
