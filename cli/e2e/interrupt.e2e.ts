import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { netvet } from './netvet.ts';

test('Ctrl-C keeps the results so far, cleans up and exits with 130', async () => {
  const report = mkdtempSync(join(homedir(), '.netvet-interrupt-test-'));
  try {
    const run = netvet(['run', '--report', report, '--tags', 'not @load', '--json']);
    // quiet output has one line per finished scenario
    await run.saw(/^passed .*\n.*^passed /ms);
    // what a terminal does: the signal goes to the whole process group, not to one process
    process.kill(-(run.child.pid as number), 'SIGINT');
    const { exitCode, stdout, stderr } = await run.finished;
    assert.equal(exitCode, 130, stderr);
    const written = JSON.parse(readFileSync(join(report, 'run.json'), 'utf8'));
    assert.equal(written.interrupted, true);
    assert.ok(written.scenarios.length >= 2, `${written.scenarios.length} scenarios were kept`);
    assert.deepEqual(JSON.parse(stdout.trim().split('\n').at(-1) as string), written.summary);
    assert.match(readFileSync(join(report, 'index.html'), 'utf8'), /interrupted/i);
  } finally {
    rmSync(report, { recursive: true, force: true });
  }
});

test('Ctrl-C while the cluster comes up ends it, and the command with 130', async () => {
  const run = netvet(['run', '--tags', '@pods']);
  // what comes next is to wait for the nodes, by a watch of an API server that ends before the command does
  await run.saw(/^Installing CNI .* s$/m);
  process.kill(-(run.child.pid as number), 'SIGINT');
  const { exitCode, stderr } = await run.finished;
  assert.equal(exitCode, 130, stderr);
});
