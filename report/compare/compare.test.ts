import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Run } from '../model.ts';
import { sample } from '../testing/sample.ts';
import { compareRuns } from './compare.ts';
import type { Comparison, Mark } from './model.ts';
import { readRun } from './read.ts';
import { metadata, small, stored, withoutPolicies } from './testing.ts';

const compare = (...runs: Run[]) =>
  compareRuns(
    runs.map((run) => stored(run)),
    metadata,
  );
const cellsOf = ({ features }: Comparison) => features[0]?.cells.map(({ mark }) => mark);
const marksOf = ({ features }: Comparison, column: string): Mark[] =>
  features.flatMap(({ scenarios }) =>
    scenarios.flatMap(({ results }) => results.filter((each) => each.column === column).map(({ mark }) => mark)),
  );

test('a scenario that a run does not have is not run there, whatever the others made of it', () => {
  const result = compare(small('a', ['passed', 'passed', 'passed']), small('b', ['passed']));
  assert.deepEqual(marksOf(result, 'b'), ['passed', 'not run', 'not run']);
  assert.deepEqual(cellsOf(result), ['passed', 'partial']);
  assert.deepEqual(result.columns[1]?.summary, {
    passed: 1,
    failed: 0,
    flaky: 0,
    skipped: 0,
    observed: 0,
    broken: 0,
    'not run': 2,
  });
  assert.equal(result.differing, 0);
  assert.match(result.differences.map(({ sentence }) => sentence).join(), /did not|same scenarios/);
  assert.deepEqual(
    result.differences.find(({ what }) => what === 'Scenarios')?.values.map(({ value }) => value),
    ['3 of 3 scenarios run', '1 of 3 scenarios run'],
  );
});

test('a cell is passed only where everything was tried and passed', () => {
  const kinds: [Parameters<typeof small>[1], string][] = [
    [['passed', 'passed'], 'passed'],
    [['passed', 'observed'], 'passed'],
    [['passed', 'skipped'], 'partial'],
    [['skipped', 'skipped'], 'skipped'],
    [['observed', 'observed'], 'observed'],
    [['skipped', 'observed'], 'partial'],
    [['passed', 'failed'], 'failed'],
    [['passed', 'flaky'], 'flaky'],
    [['skipped', 'flaky'], 'flaky'],
    [['failed', 'flaky'], 'failed'],
    [['passed', 'broken'], 'broken'],
    [['failed', 'broken'], 'broken'],
  ];
  for (const [statuses, mark] of kinds)
    assert.deepEqual(cellsOf(compare(small('a', statuses))), [mark], statuses.join());
  const { features } = compare(small('a', ['passed', 'failed', 'broken', 'skipped']));
  assert.deepEqual(features[0]?.cells[0]?.failing, ['a/f/1', 'a/f/2']);
});

test('of several runs of one CNI the gravest counts, and how many agree is said', () => {
  const result = compare(small('a', ['passed', 'passed']), small('a', ['passed', 'failed']), small('a', ['passed']));
  assert.equal(result.columns.length, 1);
  const [first, second] = result.features[0]?.scenarios ?? [];
  assert.deepEqual(first?.results[0]?.runs, { passed: 3 });
  assert.deepEqual(second?.results[0], {
    column: 'a',
    mark: 'failed',
    runs: { passed: 1, failed: 1, 'not run': 1 },
    reasons: ['a failed'],
  });
  assert.equal(result.columns[0]?.outcome, 'failed');
  // passed in one run and missing in another is no whole pass
  assert.deepEqual(cellsOf(compare(small('a', ['passed', 'passed']), small('a', ['passed']))), ['partial']);
});

test('a run that broke is broken, has no passes, and says why', () => {
  const broken = { cni: 'cilium', version: '1.18.4', broken: 'node2 is not\n Ready', source: 'out/cilium' };
  const result = compareRuns([stored(small('a', ['passed'])), broken], metadata);
  const column = result.columns[1];
  assert.equal(column?.outcome, 'broken');
  assert.deepEqual(column?.runs[0]?.problems, ['node2 is not Ready']);
  assert.deepEqual(marksOf(result, 'cilium'), ['not run']);
  assert.ok(result.differences.some(({ what }) => what === 'Broken runs'));
  // beside a run of the same CNI that worked it is one more of its runs, and makes it broken
  const joined = compareRuns([stored(small('cilium', ['passed'])), broken], metadata);
  assert.equal(joined.columns.length, 1);
  assert.equal(joined.columns[0]?.outcome, 'broken');
  assert.deepEqual(cellsOf(joined), ['partial']);
  for (const change of [{ interrupted: true }, { problems: ['BeforeAll broke'] }])
    assert.equal(compare(small('a', ['passed'], change)).columns[0]?.outcome, 'broken');
});

test('columns are called as shortly as tells them apart', () => {
  const labels = (...runs: Run[]) => compare(...runs).columns.map(({ label }) => label);
  const { cluster } = sample();
  assert.deepEqual(labels(small('a', []), small('b', [])), ['a', 'b']);
  assert.deepEqual(labels(small('a', []), small('a', [], { cni: { name: 'a', version: '2' } })), ['a 1', 'a 2']);
  assert.deepEqual(labels(small('a', []), small('a', [], { cluster: { ...cluster, provider: 'kind' } })), [
    'a on embedded',
    'a on kind',
  ]);
  assert.deepEqual(labels(small('a', []), small('a', [], { cni: { name: 'a', version: '1', mutant: 'x' } })), [
    'a',
    'a with x',
  ]);
  const twins = labels(small('a', []), small('a', [], { cluster: { ...cluster, kernel: '\u001b[2J6.1' } }));
  assert.equal(new Set(twins).size, 2);
  assert.ok(!twins.join().includes('\u001b'));
});

test('what was not the same is said, and what was the same is not', () => {
  const { cluster, environment } = sample();
  const a = small('a', ['passed']);
  const said = (change: Partial<Run>) => compare(a, small('b', ['passed'], change)).differences.map(({ what }) => what);
  assert.deepEqual(said({}), []);
  assert.deepEqual(said({ cluster: { ...cluster, kernel: '5.15' } }), ['Kernel']);
  assert.deepEqual(said({ cluster: { ...cluster, provider: 'kind', nodes: 5, kubernetes: 'v1.30.0' } }), [
    'Cluster',
    'Kubernetes',
    'Nodes',
  ]);
  assert.deepEqual(said({ netvet: '9' }), ['netvet']);
  assert.deepEqual(said({ environment: { ...environment, Machine: 'another' } }), ['Machine']);
  assert.deepEqual(
    compareRuns(
      [a, a, small('b', ['passed'])].map((run) => stored(run)),
      metadata,
    ).differences.map(({ what }) => what),
    ['Runs'],
  );
});

test('times are set side by side for the changes that all measured; what one lacks is counted', () => {
  const a = small('a', ['passed', 'passed', 'passed']);
  const b = small('b', ['passed', 'failed', 'passed']);
  const [row] = compare(a, b, small('c', ['failed', 'failed', 'failed'])).timings;
  assert.equal(row?.common.changes, 2);
  assert.deepEqual(
    row?.common.figures.map(({ column, count, p50, max }) => [column, count, p50, max]),
    [
      ['a', 2, 10, 30],
      ['b', 2, 10, 30],
      ['c', 0, undefined, undefined],
    ],
  );
  assert.deepEqual(
    row?.all.map(({ count }) => count),
    [3, 2, 0],
  );
  assert.deepEqual(
    row?.missing.map(({ changes }) => changes),
    [0, 1, 3],
  );
  assert.deepEqual(compare(small('a', ['passed']), small('b', ['failed', 'passed'])).timings[0]?.common.changes, 0);
});

test('load is given with its least, its median and its most over the runs of a CNI', () => {
  const times = [3, 1, 2].map((factor) => {
    const run = sample();
    const load = run.load?.map((each) => ({
      ...each,
      series: each.series.map((one) => ({ ...one, latency: { ...one.latency, p95: 10 * factor } })),
    }));
    return { ...run, id: String(factor), load: load ?? [] };
  });
  const [row] = compare(...times, withoutPolicies()).load;
  const [first, second] = row?.figures ?? [];
  assert.deepEqual(first?.latency.p95, { min: 10, median: 20, max: 30 });
  assert.equal(first?.runs, 3);
  assert.equal(second?.runs, 1);
  const lossy = compare(sample()).load.find(({ figures }) => (figures[0]?.lost.max ?? 0) > 0);
  assert.deepEqual(lossy?.figures[0]?.errors, { 'connection refused': 4, timeout: 3 });
});

test('other figures are there; those about changes and clocks are not among them', () => {
  const run = small('a', ['passed']);
  const measurements = ['convergence, the port', 'leak window', 'precision of the clocks', 'both ways'].map((name) => ({
    name,
    value: 2,
    unit: 'Mbit/s',
  }));
  const scenarios = run.scenarios.map((each) => ({ ...each, measurements }));
  assert.deepEqual(
    compare({ ...run, scenarios, resources: [] }).figures.map(({ measurement }) => measurement),
    ['both ways'],
  );
});

test('what the network takes of a node: its workloads together, on the node that they take most of', () => {
  const take = (node: string, workload: string, memoryBytes: number) => ({
    node,
    workload,
    memoryBytes,
    cores: { least: 0.01, mean: 0.02, most: 1 },
  });
  const resources = [take('a', 'agent', 5e7), take('b', 'agent', 3e7), take('b', 'kube-proxy', 4e7)];
  const rows = compare({ ...small('a', ['passed']), resources }, { ...small('b', ['passed']), resources: [] }).figures;
  assert.deepEqual(
    rows.map(({ measurement, figures }) => [measurement, figures.map(({ column, value }) => [column, value.median])]),
    [
      ['memory', [['a', 70]]],
      ['CPU when quiet', [['a', 2]]],
      ['CPU on average', [['a', 4]]],
    ],
  );
});

test('a file that is no run, or counts itself better than it is, is refused with the reason', () => {
  const json = (change: object) => JSON.stringify({ ...sample(), ...change });
  assert.deepEqual(readRun(json({})), sample());
  assert.throws(() => readRun('{'), /it is not JSON/);
  assert.throws(() => readRun('[]'), /it is not a run of netvet: run is not an object/);
  assert.throws(() => readRun(json({ schema: 'netvet/run/v2' })), /run\.schema/);
  assert.throws(
    () => readRun(json({ scenarios: [{ ...sample().scenarios[0], status: 'fine' }] })),
    /scenarios\[0\]\.status/,
  );
  assert.throws(
    () => readRun(json({ load: [{ scenario: 'x', series: [{}] }] })),
    /series\[0\]\.name[\s\S]*and \d+ more/,
  );
  assert.throws(() => readRun(json({ summary: { ...sample().summary, failed: 0 } })), /disagree on what failed/);
});

test('a flaky scenario never shows as a pass, and old runs that do not count them can be read', () => {
  const result = compare(small('a', ['passed', 'flaky']), small('b', ['passed', 'passed']));
  assert.deepEqual(cellsOf(result), ['flaky', 'passed']);
  assert.equal(result.columns[0]?.outcome, 'failed');
  assert.deepEqual(result.features[0]?.cells[0]?.failing, ['a/f/1']);
  const again = compare(small('a', ['passed', 'flaky']), small('a', ['passed', 'passed']));
  assert.deepEqual(cellsOf(again), ['flaky'], 'nor does a later run that passed hide it');
  const { flaky: _, ...counts } = small('a', ['passed']).summary;
  assert.equal(readRun(JSON.stringify({ ...small('a', ['passed']), summary: counts })).summary.flaky, 0);
  assert.throws(() => readRun(JSON.stringify({ ...small('a', ['flaky']), summary: counts })), /flaky/);
});
