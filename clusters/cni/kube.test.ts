import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { execa } from 'execa';

const program = `
import { KubeConfig } from '@kubernetes/client-node';
import { writeFileSync } from 'node:fs';
import { openKube } from ${JSON.stringify(join(import.meta.dirname, 'kube.ts'))};
const config = new KubeConfig();
const cluster = { name: 'gone', server: 'http://127.0.0.1:6443', skipTLSVerify: true };
config.loadFromClusterAndUser(cluster, { name: 'nobody' });
writeFileSync(process.argv[1], config.exportConfig());
const kube = await openKube(process.argv[1]);
await kube.until('/api/v1/nodes', 300, () => []).catch((error) => console.log(error.message));
`;

test('waiting for an API server that cannot be reached ends at the deadline', async () => {
  // in a network without links a connection fails in the same turn of the event loop: its timers may never get one
  const file = join(mkdtempSync(join(tmpdir(), 'netvet-kube-')), 'kubeconfig');
  after(() => rmSync(dirname(file), { recursive: true }));
  const argv = ['--net', '--map-root-user', process.execPath, '--input-type=module', '-e', program, file];
  const { stdout } = await execa('unshare', argv, { cwd: import.meta.dirname, timeout: 300_000 });
  assert.equal(stdout, 'after 0.3 s: no object has been seen');
});
