import assert from 'node:assert/strict';
import { test } from 'node:test';
import { k6Job, k6Pod, k6Scripts } from './index.ts';

const options = { script: 'connect-per-request', env: { TARGETS: '10.96.0.7:80' } };

test('a Job has a runner for each share, every runner its own, and none is started twice', () => {
  const { spec, metadata } = k6Job('ns', 'k6-1-service', 'grafana/k6:2.2.0', options, 3);
  const { completionMode, completions, parallelism, backoffLimitPerIndex, template } = spec;
  assert.deepEqual([completionMode, completions, parallelism, backoffLimitPerIndex], ['Indexed', 3, 3, 0]);
  const [{ args }] = template.spec.containers;
  assert.ok(args.includes('--paused') && args.includes('--config=/scripts/runner-$(JOB_COMPLETION_INDEX).json'));
  assert.equal(args.at(-1), '/scripts/connect-per-request.recorded.js');
  const shares = Object.keys(k6Scripts('ns', 3)['data']).filter((name) => name.startsWith('runner-'));
  assert.deepEqual(shares, ['runner-0.json', 'runner-1.json', 'runner-2.json']);
  assert.deepEqual(template.metadata.labels, metadata.labels);
  const [{ labelSelector }] = template.spec.topologySpreadConstraints;
  assert.deepEqual(labelSelector.matchLabels, metadata.labels);
});

test('a single Pod has neither a share nor a reason to wait', () => {
  const [{ args }] = k6Pod('ns', 'k6', 'grafana/k6:2.2.0', options)['spec'].containers;
  assert.ok(!args.some((word: string) => /^--(paused|config|address)/.test(word)));
  assert.ok(!Object.keys(k6Scripts('ns')['data']).some((name) => name.startsWith('runner-')));
});
