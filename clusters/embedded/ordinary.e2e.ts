/** Everything that the tests of Pods show holds for an ordinary user too. Only root can try: it can become one. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from './command.ts';

const become = ['setpriv', '--reuid', '1000', '--regid', '1000', '--clear-groups'];
const files = ['lifecycle', 'pod-worker'].map((name) => join(import.meta.dirname, `kubelet/${name}.test.ts`));

test('the tests of Pods, as uid 1000', async (t) => {
  const readable = spawnSync(become[0] as string, [...become.slice(1), 'test', '-r', files[0] as string]).status === 0;
  if (!readable) return t.skip('this is not root, or the checkout is one that others may not read');
  // not below /tmp: containers see where the cache is, and what they see of /tmp is looked at
  const home = mkdtempSync('/var/tmp/netvet-ordinary-test-');
  try {
    chownSync(home, 1000, 1000);
    const env = { ...process.env, HOME: home, XDG_CACHE_HOME: join(home, 'cache'), NODE_TEST_CONTEXT: undefined };
    const argv = [...become, process.execPath, '--test', '--test-reporter=spec', ...files];
    const { exitCode, stdout, stderr } = await run(argv, { env, timeoutMs: 600_000 });
    assert.equal(exitCode, 0, stdout + stderr);
    assert.match(stdout, /pass [1-9]\d\n[^]*skipped 0\n/);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
