import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, test } from 'node:test';
import { nodeFiles } from './node.ts';

const root = mkdtempSync(`${tmpdir()}/netvet-node-`);
after(() => rmSync(root, { recursive: true }));
mkdirSync(`${root}/run/netns`, { recursive: true });
mkdirSync(`${root}/var/lib`, { recursive: true });
mkdirSync(`${root}/usr/opt`, { recursive: true });
symlinkSync('/run', `${root}/var/run`);
symlinkSync('usr/opt', `${root}/opt`);
symlinkSync('../../usr/./opt/', `${root}/var/lib/cni`);
symlinkSync('round', `${root}/round`);
// something that the agent's own root has, and the node does not
symlinkSync('/proc/self/ns/net', `${root}/run/netns/elsewhere`);

test('symbolic links of the node are followed from its own root, not from the agent’s', () => {
  const node = nodeFiles(root);
  const path = (onNode: string) => node.path(onNode);
  assert.equal(path('/var/run/netns/x'), `${root}/run/netns/x`);
  assert.equal(path('/opt/cni/bin'), `${root}/usr/opt/cni/bin`);
  assert.equal(path('/var/lib/cni/networks'), `${root}/usr/opt/networks`);
  assert.equal(path('/not/there/yet'), `${root}/not/there/yet`);
  assert.equal(path('/../..//run/'), `${root}/run`);
  assert.throws(() => path('/round/about'), /goes round/);
});

test('a node that is seen at / is seen as it is', () => {
  const node = nodeFiles('');
  assert.equal(node.path('/usr/bin'), '/usr/bin');
  assert.equal(node.netns('/no/such/file'), 'missing');
  assert.equal(node.netns('/etc/passwd'), 'no namespace');
  assert.equal(node.netns(`/proc/${process.pid}/ns/net`), 'own');
});

test('a link out of the node’s root finds nothing there', () =>
  assert.equal(nodeFiles(root).netns('/run/netns/elsewhere'), 'missing'));
