import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { machineNow } from './machine.ts';

test('a machine says its load, its pressure, and what this process has started', async (t) => {
  const child = spawn('sh', ['-c', 'sleep 1000 & wait'], { detached: true });
  t.after(() => process.kill(-(child.pid as number), 'SIGKILL'));
  const started = () => machineNow().flatMap((line) => /^running: (.*) \(\d+ s\)$/.exec(line)?.[1] ?? []);
  const wanted = ['sh -c sleep 1000 & wait', 'sleep 1000'];
  while (started().length < wanted.length || started().at(-1) !== wanted.at(-1)) await delay(20);
  assert.deepEqual(started(), wanted);
  const lines = machineNow();
  for (const [i, what] of [/^load: [\d.]+ /, /^cpu: /, /^memory: /, /^io: /].entries())
    assert.match(lines[i] ?? '', what);
});
