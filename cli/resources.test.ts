import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLedger, type PodStats } from './resources.ts';

const workloads = [{ name: 'kube-proxy', namespace: 'kube-system' }];
const start = Date.parse('2026-01-01T00:00:00Z');

/** A look `second` seconds in, when the Pod had used `used` seconds of processor time. */
const pod = (
  second: number,
  used: number,
  rate: number,
  rss = 1e6,
  uid = 'a',
  name = 'kube-proxy-x2b4f',
): PodStats => ({
  podRef: { name, namespace: 'kube-system', uid },
  cpu: {
    time: new Date(start + second * 1000).toISOString(),
    usageNanoCores: rate * 1e9,
    usageCoreNanoSeconds: used * 1e9,
  },
  containers: [{ memory: { rssBytes: rss } }, {}],
});

test('the most memory; the quietest, the mean and the busiest rate', () => {
  const ledger = createLedger();
  ledger.add('n1', [pod(0, 5, 0.5)], workloads);
  ledger.add('n1', [pod(10, 7, 0.2, 3e6)], workloads);
  // the kubelet has not looked again
  ledger.add('n1', [pod(10, 7, 0.2, 3e6)], workloads);
  ledger.add('n1', [pod(20, 7, 0, 2e6)], workloads);
  assert.deepEqual(ledger.resources(), [
    { node: 'n1', workload: 'kube-proxy', memoryBytes: 3e6, cores: { least: 0, mean: 0.1, most: 0.2 } },
  ]);
});

test('a Pod that took the place of another one begins to count anew', () => {
  const ledger = createLedger();
  ledger.add('n1', [pod(0, 50, 1)], workloads);
  ledger.add('n1', [pod(10, 60, 1)], workloads);
  ledger.add('n1', [pod(20, 0, 0.5, 1e6, 'b')], workloads);
  ledger.add('n1', [pod(30, 5, 0.5, 1e6, 'b')], workloads);
  assert.equal(ledger.resources()[0]?.cores.mean, 0.75);
});

test('Pods of others, and what was looked at once, say nothing', () => {
  const ledger = createLedger();
  ledger.add('n1', [pod(0, 1, 1), pod(0, 1, 1, 1, 'c', 'kube-proxy-watcher-abcde')], workloads);
  assert.deepEqual(ledger.resources(), []);
  const uncounted: PodStats = { podRef: { name: 'kube-proxy-x2b4f', namespace: 'kube-system', uid: 'a' } };
  ledger.add('n1', [uncounted], workloads);
  assert.deepEqual(ledger.resources(), []);
});
