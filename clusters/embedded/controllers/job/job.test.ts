import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job, Pod } from '../../kinds.ts';
import { container, createRig, type Rig, settle } from '../testing.ts';
import { indexOf } from './indexed.ts';

const job = (spec: object) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'load', namespace: 'default' },
  spec: { template: { spec: { restartPolicy: 'Never', containers: [container] } }, ...spec },
});
const read = ({ objects }: Rig) => objects.get<Job>('Job', 'default', 'load') as Job;
const ended = (rig: Rig) => read(rig).status?.conditions?.map(({ type, reason }) => [type, reason]);

function end(rig: Rig, pod: Pod | undefined, phase: 'Succeeded' | 'Failed'): Promise<void> {
  rig.objects.patch('Pod', 'default', pod?.metadata.name as string, { status: { phase } }, 'status');
  return settle();
}

const byIndex = (rig: Rig) => rig.pods().toSorted((a, b) => indexOf(a) - indexOf(b));

test('each Pod of an Indexed Job knows its index, and the Job is complete when all have succeeded', async (t) => {
  const rig = createRig();
  t.after(rig.stop);
  rig.objects.create(job({ completionMode: 'Indexed', completions: 3, parallelism: 3 }));
  await settle();
  const pods = byIndex(rig);
  assert.deepEqual(pods.map(indexOf), [0, 1, 2]);
  const { metadata, spec } = pods[1] as Pod;
  assert.match(metadata.name, /^load-1-/);
  assert.equal(spec.hostname, 'load-1');
  assert.equal(metadata.labels?.['job-name'], 'load');
  const fieldRef = { apiVersion: 'v1', fieldPath: "metadata.annotations['batch.kubernetes.io/job-completion-index']" };
  const { env } = spec.containers[0] as unknown as { env: object[] };
  assert.deepEqual(env, [{ name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef } }]);
  assert.deepEqual(read(rig).status, {
    ...read(rig).status,
    active: 3,
    ready: 3,
  });
  for (const pod of [pods[2], pods[0]]) await end(rig, pod, 'Succeeded');
  assert.equal((read(rig)['status'] as { completedIndexes: string }).completedIndexes, '0,2');
  assert.equal(ended(rig), undefined);
  await end(rig, pods[1], 'Succeeded');
  assert.deepEqual(ended(rig), [['Complete', 'CompletionsReached']]);
  assert.equal(rig.pods().length, 3);
});

test('an index that may not fail takes none of the others with it', async (t) => {
  const rig = createRig();
  t.after(rig.stop);
  rig.objects.create(job({ completionMode: 'Indexed', completions: 2, parallelism: 2, backoffLimitPerIndex: 0 }));
  await settle();
  const [first, second] = byIndex(rig);
  await end(rig, first, 'Failed');
  assert.equal(rig.pods().length, 2);
  assert.equal(ended(rig), undefined);
  await end(rig, second, 'Succeeded');
  assert.deepEqual(ended(rig), [['Failed', 'FailedIndexes']]);
});

test('without indexes so many Pods run at once as are allowed, until enough have succeeded', async (t) => {
  const rig = createRig();
  t.after(rig.stop);
  rig.objects.create(job({ completions: 3, parallelism: 2, backoffLimit: 1 }));
  await settle();
  assert.equal(rig.pods().length, 2);
  await end(rig, rig.pods()[0], 'Failed');
  await end(rig, rig.pods()[1], 'Succeeded');
  const running = () => rig.pods().filter(({ status }) => status?.phase === 'Running');
  assert.equal(running().length, 2);
  for (const pod of running()) await end(rig, pod, 'Succeeded');
  assert.deepEqual(ended(rig), [['Complete', 'CompletionsReached']]);
});

test('beyond its limit of failures a Job ends, and what still runs with it', async (t) => {
  const rig = createRig();
  t.after(rig.stop);
  rig.objects.create(job({ completions: 2, parallelism: 2, backoffLimit: 0 }));
  await settle();
  await end(rig, rig.pods()[0], 'Failed');
  assert.deepEqual(ended(rig), [['Failed', 'BackoffLimitExceeded']]);
  assert.deepEqual(
    rig.pods().map(({ status }) => status?.phase),
    ['Failed'],
  );
});

test('a Job that is deleted takes its Pods with it', async (t) => {
  const rig = createRig();
  t.after(rig.stop);
  rig.objects.create(job({ parallelism: 2 }));
  await settle();
  assert.equal(rig.pods().length, 2);
  rig.objects.delete('Job', 'default', 'load');
  await settle();
  assert.deepEqual(rig.pods(), []);
});
