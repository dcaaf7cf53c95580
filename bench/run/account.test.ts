import assert from 'node:assert/strict';
import { test } from 'node:test';
import { account, type Lines } from './account.ts';
import { report } from './index.ts';

test('samples and ends of processes are accounted for by kind, whatever the name of the thread', () => {
  const lines = [
    '       swapper     0/0     PERF_RECORD_COMM: kthreadd:2/2',
    '    MainThread  20/20     1000000 cpu-clock: ',
    '      V8Worker  20/22     1000000 cpu-clock: ',
    '      V8Worker  20/22     PERF_RECORD_EXIT(20:22):(20:20)',
    '    MainThread  20/20     PERF_RECORD_EXIT(20:20):(1:1)',
    '    MainThread  30/30     1000000 cpu-clock: ',
    '    MainThread  31/31     1000000 cpu-clock: ',
    '    MainThread  32/32     1000000 cpu-clock: ',
    '    MainThread  33/33     1000000 cpu-clock: ',
    ' tokio-runtime w  40/40     1000000 cpu-clock: ',
    '            ip  20/20     1000000 cpu-clock: ',
    '            ip  20/20     PERF_RECORD_EXIT(20:20):(1:1)',
    '           :-1  -1/-1     1000000 cpu-clock: ',
  ];
  const argvs = new Map([
    [20, '/x/node /x/cli/inside.ts {}'],
    [30, 'node /netvet/agent.mjs'],
    [31, 'node --v8-pool-size=1 /netvet/agent.mjs'],
    [32, 'node -e 1'],
    [40, 'nsenter -t 5 -- node /netvet/agent.mjs'],
  ]);
  assert.deepEqual(Object.fromEntries(account(lines, argvs)), {
    'suite with the embedded cluster': { processes: 1, cpuMs: 2 },
    probes: { processes: 0, cpuMs: 1 },
    "reference CNI's agents": { processes: 0, cpuMs: 1 },
    'other Node programs': { processes: 0, cpuMs: 2 },
    others: { processes: 0, cpuMs: 2 },
    ip: { processes: 1, cpuMs: 1 },
  });
});

test('versions stand side by side with what was not seen, also kinds that one lacks, and verdicts that differ', () => {
  const version = (name: string, status: string, lines: Lines) => ({
    name,
    runs: [{ lines, scenarios: [{ id: 'a', status }], problems: [], wallMs: 9000, cpuMs: 8000 }],
  });
  const probes = { processes: 4, cpuMs: 6000 };
  const text = report([
    version(
      'old',
      'passed',
      new Map([
        ['probes', probes],
        ['relays', { processes: 2, cpuMs: 1000 }],
      ]),
    ),
    version(
      'this',
      'failed',
      new Map([
        ['ip', { processes: 8, cpuMs: 500 }],
        ['probes', { ...probes, cpuMs: 3000 }],
      ]),
    ),
  ]);
  const rows = text.split('\n').filter((line) => line.startsWith('|'));
  assert.deepEqual(
    rows.slice(2).map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, -1),
    ),
    [
      ['wall', '1', '9.0', '1', '9.0', '1.00'],
      ['exact total', '6', '8.0', '12', '8.0', '1.00'],
      ['not seen', '0', '1.0', '0', '4.5', '4.50'],
      ['probes', '4', '6.0', '4', '3.0', '0.50'],
      ['relays', '2', '1.0', '0', '0.0', '0.00'],
      ['ip', '0', '0.0', '8', '0.5', '-'],
    ],
  );
  assert.match(text, /old: 1 passed\n\nthis: 1 failed\n\nVerdicts differ:\n- a: passed, then failed$/);
});
