import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missingImage } from '../fault.ts';

const pod = (waiting: object | undefined) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'k6' },
  spec: { nodeName: 'worker' },
  status: { containerStatuses: [{ image: 'grafana/k6:2.2.0', state: waiting ? { waiting } : { running: {} } }] },
});

test('an image that a node gave up on is told; one that is still being pulled is waited for', () => {
  assert.equal(
    missingImage([pod(undefined), pod({ reason: 'ImagePullBackOff', message: 'Back-off pulling image' })]),
    'the image grafana/k6:2.2.0 cannot be had on worker: ImagePullBackOff Back-off pulling image',
  );
  for (const reason of ['ContainerCreating', 'ErrImagePull']) assert.equal(missingImage([pod({ reason })]), undefined);
  assert.equal(missingImage([{ ...pod(undefined), status: {} }]), undefined);
});
