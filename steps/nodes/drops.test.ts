import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../kube/index.ts';
import { newsOf } from './drops.ts';

const table = 'netvet-accident-1-0-a';

const event = (reason: string, message: string, resourceVersion = '9'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: reason, uid: reason, resourceVersion },
  type: 'Warning',
  reason,
  message,
});

const node = (status: 'True' | 'False', message = ''): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'node' },
  status: { conditions: [{ type: 'Ready', status, reason: 'KubeletNotReady', message }] },
});

/** As it was before the accident: these events had come. */
const after = (earlier: KubeObject[], now: KubeObject[], object = node('True')) =>
  newsOf(
    {
      isReady: true,
      texts: new Set(earlier.map(({ reason, message }) => `${reason}: ${message}`)),
      events: new Set(earlier.map(({ metadata }) => `${metadata.uid} ${metadata.resourceVersion}`)),
    },
    table,
    object,
    now,
  );

test('what is said of something else is not taken for a word on the accident', () => {
  const full = event('FreeDiskSpaceFailed', 'wanted to free 1 GiB');
  assert.deepEqual(after([], [full]), { ofIt: [], others: ['FreeDiskSpaceFailed: wanted to free 1 GiB'] });
  const { ofIt, others } = after([], [], node('False', 'PLEG is not healthy'));
  assert.deepEqual([ofIt, others], [[], ['not Ready: KubeletNotReady: PLEG is not healthy']]);
  assert.equal(after([], [], node('False', 'NetworkReady=false: a table drops')).ofIt.length, 1);
});

test('a warning that comes all the time says nothing, unless it names what is in the way now', () => {
  const always = (version: string) => event('Rules', 'something may be dropped', version);
  assert.deepEqual(after([always('1')], [always('1')]), { ofIt: [], others: [] });
  assert.deepEqual(after([always('1')], [always('2')]).ofIt, []);
  assert.equal(after([], [always('1')]).ofIt.length, 1);
  const naming = (version: string) => event('Foreign', `table ip ${table}`, version);
  assert.equal(after([naming('1')], [naming('2')]).ofIt.length, 1);
  assert.equal(after([naming('1')], [naming('1')]).ofIt.length, 0);
});
