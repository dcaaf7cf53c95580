import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { machineState, processesWith } from './leftovers.ts';
import { netvet } from './netvet.ts';

/** The kernel tears a PID namespace down after the kill has returned; it takes tens of milliseconds. */
const teardownMs = 5_000;

/** A run reaches its first scenarios in about 3 s, so ten moments up to 8 s see bring-up, CNI installation, and scenarios. */
const latestMs = 8_000;

async function killAt(moment: number): Promise<void> {
  const reports = mkdtempSync(join(homedir(), '.netvet-kill-test-'));
  const marker = randomUUID();
  const before = machineState();
  try {
    const run = netvet(['run', '--report', join(reports, 'report')], { env: { NETVET_TEST: marker } });
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
}

const inside = 'NETVET_KILL_TEST';

if (process.env[inside] === undefined) {
  test('SIGKILL at ten random moments leaves nothing: no process, namespace, link, mount, nft table or file', async () => {
    // a machine of its own, in which nobody else makes files, links or tables meanwhile
    const own = 'for d in /tmp /run /dev/shm; do mount -t tmpfs none $d; done; ip link set lo up; exec "$@"';
    const argv = [
      '--user',
      '--map-root-user',
      '--mount',
      '--net',
      'sh',
      '-c',
      own,
      'sh',
      process.execPath,
      import.meta.filename,
    ];
    const { exitCode, all } = await execa('unshare', argv, {
      env: { [inside]: '1', NODE_TEST_CONTEXT: undefined, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` },
      reject: false,
      all: true,
    });
    console.log(all);
    assert.equal(exitCode, 0, all);
  });
} else {
  for (let i = 0; i < 10; i += 1) {
    const moment = Math.round(Math.random() * latestMs);
    test(`killed after ${moment} ms`, () => killAt(moment));
  }
}
