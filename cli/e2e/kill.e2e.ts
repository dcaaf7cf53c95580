import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { OwnMachine } from './leftovers.ts';
import { netvet } from './netvet.ts';

/**
 * The kernel tears a PID namespace down after the kill has returned; it takes tens of milliseconds, on a busy machine
 * some more.
 */
const teardownMs = 60_000;

/**
 * A run reaches its first scenarios in about 3 s, so ten moments up to 8 s see bring-up, CNI installation, and
 * scenarios.
 */
const latestMs = 8_000;

let machine: OwnMachine;
let reports: string;
before(async () => {
  machine = await OwnMachine.start();
  reports = mkdtempSync(join(homedir(), '.netvet-kill-test-'));
});
after(() => {
  machine.end();
  rmSync(reports, { recursive: true, force: true });
});

test('SIGKILL at ten random moments leaves no process, namespace, link, mount, nft table or file', async (t) => {
  for (let i = 0; i < 10; i += 1) {
    const moment = Math.round(Math.random() * latestMs);
    await t.test(`killed after ${moment} ms`, async () => {
      const run = netvet(['run', '--report', join(reports, String(i))], { machine });
      await delay(moment);
      assert.equal(run.child.exitCode, null, 'the run was over before the kill: nothing was tested');
      assert.ok(machine.processes().length > 0, 'the marker finds the run while it lives');
      run.child.kill('SIGKILL');
      await run.finished;
      for (const deadline = Date.now() + teardownMs; machine.processes().length > 0 && Date.now() < deadline; )
        await delay(20);
      assert.deepEqual(machine.processes(), [], 'processes, and with them the namespaces that they hold');
      assert.deepEqual(await machine.left(), []);
    });
  }
});
