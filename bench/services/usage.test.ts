import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Usage } from './usage.ts';

/** A shell that waits for a command. */
function running(command: string) {
  const child = spawn('sh', ['-c', `${command} & wait`], { detached: true });
  const pid = child.pid as number;
  const usage = new Usage(pid);
  return {
    usage,
    [Symbol.dispose]() {
      usage.stop();
      process.kill(-pid, 'SIGKILL');
    },
  };
}

test('a process whose command only waits is at rest', async () => {
  using waiting = running('sleep 300');
  assert.equal(await waiting.usage.atRest(120_000), true);
});

test('what a command takes counts while it runs', { timeout: 120_000 }, async () => {
  // in the foreground: in a process group of its own it would outlive the test
  using busy = running('timeout --foreground 120 sh -c "while :; do :; done"');
  while (busy.usage.cpuMs() < 50) await delay(1);
});
