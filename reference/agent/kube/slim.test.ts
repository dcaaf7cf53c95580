import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aPod } from '../../model/fixtures.ts';
import type { PodObject } from '../../model/objects.ts';
import { slimPod } from './slim.ts';

const copy = (pod: PodObject) => structuredClone(pod);
const web = aPod('shop/web-1', {
  labels: { app: 'web' },
  ip: '10.244.1.2',
  ports: [{ name: 'http', containerPort: 80 }],
});

test('what many Pods have alike is kept once', () => {
  const [a, b] = [slimPod(copy(web)), slimPod(copy(web))];
  assert.deepEqual(a, b);
  assert.equal(a.metadata.labels, b.metadata.labels);
  assert.equal(a.spec?.containers, b.spec?.containers);
});

test('a list of addresses that says nothing more is left out, and one that does is kept', () => {
  assert.deepEqual(slimPod(copy(web)).status, { phase: 'Running', podIP: '10.244.1.2' });
  const dual = { podIP: 'fd00::2', podIPs: [{ ip: 'fd00::2' }, { ip: '10.244.1.2' }] };
  assert.deepEqual(slimPod({ ...web, status: dual }).status, dual);
});
