import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { isRunning, thisRunner } from './runner.ts';

test('this process runs; one of another start time or that ended does not; elsewhere nothing is known', async () => {
  const self = thisRunner();
  assert.equal(self.pid, process.pid);
  assert.equal(isRunning(self), true);
  assert.equal(isRunning({ ...self, startTime: '1' }), false);
  assert.equal(isRunning({ ...self, machine: 'elsewhere' }), undefined);
  const child = spawn('true');
  const { pid = 0 } = child;
  await once(child, 'exit');
  assert.equal(isRunning({ ...self, pid }), false);
});
