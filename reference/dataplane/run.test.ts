import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandError, createRun, mustRun } from './run.ts';

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
