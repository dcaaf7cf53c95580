import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anAttachment, aPod, aSnapshot } from './fixtures.ts';
import type { PodObject } from './objects.ts';
import { indexPods } from './pods.ts';
import type { Snapshot } from './types.ts';

/** Address -> Pod, for Pods that can be peers. */
function owners(more: Partial<Snapshot>): Record<string, string> {
  return Object.fromEntries([...indexPods(aSnapshot(more)).byAddress].map(([ip, { name }]) => [ip, name]));
}

const remote = (id: string, ip: string, more: Partial<PodObject['metadata']> = {}, phase = 'Running'): PodObject => {
  const pod = aPod(id, { ip, node: 'node2', phase });
  return { ...pod, metadata: { ...pod.metadata, ...more } };
};

test('a Pod here has the address of its attachment before the API shows one', () => {
  const pods = [aPod('default/web', { phase: 'Pending' })];
  assert.deepEqual(owners({ pods, attachments: [anAttachment('default/web', '10.244.1.5')] }), {
    '10.244.1.5': 'default/web',
  });
});

test('an attachment is its own: the Pod that the API still shows with that address is gone', () => {
  const pods = [
    aPod('default/old', { ip: '10.244.1.5' }),
    remote('default/elsewhere', '10.244.1.5'),
    aPod('default/new'),
  ];
  assert.deepEqual(owners({ pods, attachments: [anAttachment('default/new', '10.244.1.5')] }), {
    '10.244.1.5': 'default/new',
  });
});

test('a Pod of this node without an attachment has no network', () => {
  assert.deepEqual(owners({ pods: [aPod('default/gone', { ip: '10.244.1.5' })] }), {});
});

test('a Pod that was made anew under its old name does not get the old attachment', () => {
  const pods = [{ ...aPod('default/db-0'), metadata: { name: 'db-0', namespace: 'default', uid: 'younger' } }];
  const index = indexPods(aSnapshot({ pods, attachments: [anAttachment('default/db-0', '10.244.1.5')] }));
  assert.deepEqual([...index.byAddress.keys()], []);
  assert.deepEqual(index.subjects, [{ address: '10.244.1.5', namespace: 'default', pod: undefined }]);
});

test('an attachment without a uid belongs to the Pod of its name', () => {
  const attachments = [anAttachment('default/web', '10.244.1.5', { uid: '' })];
  assert.deepEqual(owners({ pods: [aPod('default/web')], attachments }), { '10.244.1.5': 'default/web' });
});

test('a static Pod is attached under the hash of its file, not the uid of its mirror', () => {
  const pod = aPod('kube-system/etcd');
  const mirror = { ...pod, metadata: { ...pod.metadata, annotations: { 'kubernetes.io/config.hash': 'abc' } } };
  const attachments = [anAttachment('kube-system/etcd', '10.244.1.5', { uid: 'abc' })];
  assert.deepEqual(owners({ pods: [mirror], attachments }), { '10.244.1.5': 'kube-system/etcd' });
});

test('Pods that have ended are no peers; terminating ones still are', () => {
  const pods = [
    remote('default/done', '10.244.2.1', {}, 'Succeeded'),
    remote('default/broken', '10.244.2.2', {}, 'Failed'),
    remote('default/leaving', '10.244.2.3', { deletionTimestamp: '2026-01-01T00:00:00Z' }),
  ];
  assert.deepEqual(owners({ pods }), { '10.244.2.3': 'default/leaving' });
});

test('of two Pods elsewhere with one address the one that is not leaving has it, else the younger', () => {
  const leaving = remote('default/a', '10.244.2.1', {
    deletionTimestamp: '2026-01-01T00:00:00Z',
    creationTimestamp: '3',
  });
  const staying = remote('default/b', '10.244.2.1', { creationTimestamp: '1' });
  const younger = remote('default/c', '10.244.2.1', { creationTimestamp: '2' });
  for (const pods of [
    [leaving, staying],
    [staying, leaving],
  ]) {
    assert.deepEqual(owners({ pods }), { '10.244.2.1': 'default/b' });
  }
  for (const pods of [
    [younger, staying],
    [staying, younger],
  ]) {
    assert.deepEqual(owners({ pods }), { '10.244.2.1': 'default/c' });
  }
});

test('hostNetwork Pods are neither peers nor subjects', () => {
  const pod = aPod('default/agent', { ip: '192.168.0.2', node: 'node2' });
  const pods = [{ ...pod, spec: { ...pod.spec, hostNetwork: true } }];
  assert.deepEqual(owners({ pods }), {});
});

test('the IPv4 address counts where podIP is IPv6, and an attachment that names no Pod is no subject', () => {
  const pod = aPod('default/dual', { node: 'node2' });
  const pods = [
    { ...pod, status: { phase: 'Running', podIP: 'fd00::5', podIPs: [{ ip: 'fd00::5' }, { ip: '10.244.2.9' }] } },
  ];
  assert.deepEqual(owners({ pods }), { '10.244.2.9': 'default/dual' });
  const attachments = [anAttachment('/', '10.244.1.5', { uid: '' })];
  assert.deepEqual(indexPods(aSnapshot({ attachments })).subjects, []);
});
