import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { machineState, processesWith } from './leftovers.ts';
import { netvet } from './netvet.ts';

/** The kernel tears a PID namespace down after the kill has returned; it takes tens of milliseconds. */
const teardownMs = 5_000;

/** A run reaches its first scenarios in about 3 s, so ten moments up to 8 s see bring-up, CNI installation, and scenarios. */
const latestMs = 8_000;

test('SIGKILL at ten random moments leaves nothing: no process, namespace, link, mount, nft table or file', async (t) => {
  for (let i = 0; i < 10; i += 1) {
    const marker = `NETVET_TEST=${randomUUID()}`;
    const moment = Math.round(Math.random() * latestMs);
    await t.test(`after ${moment} ms`, async () => {
      const reports = mkdtempSync(join(homedir(), '.netvet-kill-test-'));
      const before = machineState();
      try {
        const run = netvet(['run', '--report', join(reports, 'report')], {
          env: { NETVET_TEST: marker.split('=')[1] as string },
        });
        await delay(moment);
        assert.equal(run.child.exitCode, null, 'the run was over before the kill: nothing was tested');
        assert.ok(processesWith(marker).length > 0, 'the marker finds the run while it lives');
        run.child.kill('SIGKILL');
        await run.finished;
        const deadline = Date.now() + teardownMs;
        while (processesWith(marker).length > 0 && Date.now() < deadline) await delay(20);
        assert.deepEqual(processesWith(marker), [], 'processes, and with them the namespaces that they hold');
        assert.deepEqual(machineState(), before);
      } finally {
        rmSync(reports, { recursive: true, force: true });
      }
    });
  }
});
