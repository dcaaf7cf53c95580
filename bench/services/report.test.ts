import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cell } from './cell.ts';
import { report } from './report.ts';

const reference = { kind: 'reference', name: 'reference' } as const;
const nftables = { kind: 'nftables', name: 'kube-proxy 1.34.3 nftables' } as const;
const iptables = { kind: 'iptables', name: 'kube-proxy 1.34.3 iptables' } as const;

const limits = { loadMs: 60_000, changeMs: 30_000 };
const fast: Cell = {
  loadMs: 1000,
  loadCpuMs: 500,
  serviceMs: [10, 20, 30],
  endpointMs: [5],
  changeCpuMs: 4,
  memoryMb: { process: 120.4, commands: 30 },
  connectUs: [[100, 200, 300]],
  directUs: [[90]],
  perSecond: 4321.4,
  failed: 0,
  restartMs: 1500,
  losses: { open: 20, openLost: 0, fresh: 250, freshLost: 3 },
  remarks: [],
};
const lineOf = (text: string, title: string) => {
  const line = text.split('\n').find((one) => one.includes(`| ${title} `)) ?? '';
  return line
    .split('|')
    .slice(3, -1)
    .map((cell) => cell.trim());
};

test('figures have units, and stand beside those of the others', () => {
  const slow = { ...fast, loadMs: 25_000, serviceMs: [400], memoryMb: { process: 90, commands: 0 } };
  const text = report(
    [
      { size: 10_000, proxy: reference, cell: fast },
      { size: 10_000, proxy: nftables, cell: slow },
    ],
    limits,
  );
  assert.deepEqual(lineOf(text, 'all programmed'), ['1.00 s', '25.00 s']);
  assert.deepEqual(lineOf(text, 'one more Service (median)'), ['20.0 ms', '400 ms']);
  assert.deepEqual(lineOf(text, 'connect, p50 / p99'), ['200 / 300 µs', '200 / 300 µs']);
  assert.deepEqual(lineOf(text, '  new connections lost'), ['3 of 250', '3 of 250']);
  assert.match(text, /load 25\.0 times faster, one more Service 20\.0 times faster/);
  assert.match(text, /the agent takes 120 MB/);
});

test('connections are compared round by round', () => {
  const rounds = (...medians: number[]) => ({ ...fast, connectUs: medians.map((us) => [us - 1, us, us + 90]) });
  const text = report(
    [
      { size: 1, proxy: reference, cell: rounds(52, 103, 34) },
      { size: 1, proxy: nftables, cell: rounds(50, 100, 30) },
    ],
    limits,
  );
  // 2, 3 and 4 µs: a standard deviation of 1, and Student's t of 2 degrees of freedom is 4.303
  assert.match(text, /set up 3\.0 µs later \(95 % confidence: 0\.5 to 5\.5, from 3 rounds\)/);
  assert.match(text, /from 3 rounds\), past the Service unknown/);
});

test('what was not there in time is said to be so, and nothing is made up for what was not measured', () => {
  const none: Cell = { serviceMs: [], endpointMs: [], connectUs: [], directUs: [], failed: 0, remarks: ['it ended'] };
  const text = report(
    [
      { size: 1, proxy: reference, cell: none },
      { size: 1, proxy: nftables, cell: { ...fast, serviceMs: [], failed: 2 } },
    ],
    limits,
  );
  assert.deepEqual(lineOf(text, 'all programmed'), ['not within 60 s', '1.00 s']);
  assert.deepEqual(lineOf(text, 'one more Service (median)'), ['-', 'not within 30 s']);
  assert.deepEqual(lineOf(text, 'connections per second'), ['-', '4,321']);
  assert.match(text, /load unknown/);
  assert.match(
    text,
    /- reference, 1 Services: it ended\n- kube-proxy 1\.34\.3 nftables, 1 Services: 2 connections failed/,
  );
});

test('a run that was cut short has a table of what it has', () => {
  const text = report(
    [
      { size: 1, proxy: reference, cell: fast },
      { size: 1, proxy: iptables, cell: fast },
      { size: 100, proxy: reference, cell: fast },
    ],
    limits,
  );
  assert.equal(text.split('\n').filter((line) => line.includes('all programmed')).length, 2);
});
