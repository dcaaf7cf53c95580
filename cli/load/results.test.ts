import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { poolOf, profileOf, type Recording, type Request, type Script, scripts } from '../../load/index.ts';
import { small } from '../../report/compare/testing.ts';
import { closingSummary, compareRuns, type Run, summarize, writeReports } from '../../report/index.ts';
import { type PathKind, pathsOf, type RoundResult } from '../../steps/paths/index.ts';
import { judge } from './judge.ts';
import { Results } from './results.ts';

const script = scripts[0] as Script;
const load = { rate: 10, seconds: 3 };
const options = {
  script: script.name,
  tolerance: 5,
  profile: { ...profileOf('embedded'), lost: 0, differenceMs: { service: 0.5, host: 0.5 } as Record<string, number> },
};

/** A round with a slow first second, and then `ms` for each request; `lost` of them are refused. */
function round(path: PathKind, startedMs: number, ms: number, lost = 0, more: Partial<Recording> = {}): RoundResult {
  const requests = Array.from({ length: 30 }, (_, i): Request => {
    const refused = i >= 30 - lost;
    return {
      kind: path,
      startedMs: startedMs + 100 * i,
      status: refused ? 0 : 200,
      errorCode: refused ? 1212 : 0,
      ms: i < 10 ? 100 : ms,
      pod: 'web-1',
      process: 'web-1/1',
      error: '',
    };
  });
  const totals = { requests: 30, iterations: 30, dropped: 0, begun: 30 };
  return {
    path,
    exitCodes: [lost > 0 ? 99 : 0],
    apartMs: 0,
    recording: { requests, totals, pauses: [], notes: [], ...more },
  };
}

function resultsOf(rounds: [service: number, direct: number, host: number][], lost = 0): Results {
  const results = new Results(script, load);
  for (const [i, [service, direct, host]] of rounds.entries()) {
    results.add(round('service', 12_000 * i, service, lost), () => [{ name: 'node1', cpu: i, bytes: 10 }]);
    results.add(round('direct', 12_000 * i + 4_000, direct));
    results.add(round('host', 12_000 * i + 8_000, host));
  }
  return results;
}

const steady: [number, number, number][] = [
  [1.3, 1, 1.2],
  [2.31, 2, 2.21],
  [1.29, 1, 1.2],
  [1.3, 1, 1.19],
  [1.3, 1, 1.2],
];

const ending = { problems: [], durationMs: 1 };

describe('results', () => {
  it('leave the first second of a round out of the latencies and in the counts', () => {
    const [service] = resultsOf(steady).section('x').series;
    assert.equal(service?.sent, 150);
    assert.equal(service?.latency.max, 2.31);
    assert.deepEqual(
      service?.rounds?.map(({ second, value }) => [second, value]),
      [
        [0, 1.3],
        [12, 2.31],
        [24, 1.29],
        [36, 1.3],
        [48, 1.3],
      ],
    );
    assert.deepEqual(service?.usage, [{ name: 'node1', cpu: 2, bytes: 10 }]);
  });

  it('know the difference although a round was slow for everybody', () => {
    const results = resultsOf(steady);
    const [difference] = results.section('x').differences ?? [];
    assert.ok(difference && Math.abs(difference.mean - 0.3) < 1e-9);
    assert.ok(difference.high - difference.low < 0.03);
    assert.ok(results.isNarrow(5));
    assert.equal(results.complete, 5);
  });

  it('are not narrow when rounds disagree', () => {
    const results = resultsOf([...steady, [9, 1, 1]]);
    assert.ok(!results.isNarrow(5));
    assert.ok((results.precision ?? 0) > 50);
  });

  it('have no difference yet after one round, and none of a path that is missing', () => {
    const results = new Results(script, load);
    results.add(round('service', 0, 1));
    assert.equal(results.precision, undefined);
    assert.equal(results.complete, 0);
    assert.deepEqual(results.section('x').differences, []);
  });
});

describe('results of several runners', () => {
  const both = (path: PathKind, startedMs: number): RoundResult => {
    const [first, second] = [round(path, startedMs, 1), round(path, startedMs + 200, 3, 1)];
    const recording = poolOf([first.recording, second.recording]);
    return { path, recording, exitCodes: [...first.exitCodes, ...second.exitCodes], apartMs: 200 };
  };
  const results = new Results(script, load, pathsOf(true));
  for (const second of [0, 10]) for (const path of pathsOf(true)) results.add(both(path, 1_000 * second));

  it('are of the paths that are loaded, with each runner’s exit code, and pooled', () => {
    const { series, differences } = results.section('x');
    assert.equal(results.complete, 2);
    assert.deepEqual(
      series.map(({ sent, answered, exitCodes, latency }) => [sent, answered, exitCodes, latency.p50, latency.max]),
      [
        [120, 118, [0, 99, 0, 99], 3, 3],
        [120, 118, [0, 99, 0, 99], 3, 3],
      ],
    );
    assert.equal(differences?.length, 1);
  });

  it('leave out the first second of the one that began last, and tell how far apart they began', () => {
    const [account, ...rest] = judge(results, { ...options, profile: { ...options.profile, lost: 2 } }, ending, true);
    assert.deepEqual(account?.measurements, [{ name: 'runners began within', value: 200, unit: 'ms' }]);
    assert.deepEqual(
      rest.map(({ name, status }) => [/host|node/.test(name), status]),
      [
        [false, 'passed'],
        [false, 'passed'],
        [false, 'passed'],
        [false, 'passed'],
        [false, 'observed'],
      ],
    );
  });
});

describe('a verdict', () => {
  const statuses = (results: Results, profile = options.profile) =>
    judge(results, { ...options, profile }, ending).map(({ status }) => status);

  it('is good when nothing was lost and the bounds are kept', () => {
    assert.deepEqual(statuses(resultsOf(steady)), [
      'passed',
      'passed',
      'passed',
      'passed',
      'passed',
      'passed',
      'passed',
      'observed',
    ]);
  });

  it('fails on a single lost request', () => {
    const scenarios = judge(resultsOf(steady, 1), options, ending);
    const failed = scenarios.filter(({ status }) => status === 'failed');
    assert.deepEqual(
      failed.map(({ reason }) => reason),
      ['5 were lost'],
    );
  });

  it('fails on a bound that the whole interval is beyond, and only observes one within it', () => {
    const strict = { ...options.profile, differenceMs: { service: 0.1 } };
    assert.ok(statuses(resultsOf(steady), strict).includes('failed'));
    const scenarios = judge(resultsOf([...steady, [2, 1, 1]]), { ...options, profile: strict }, ending);
    const [cost] = scenarios.filter(({ name }) => name.startsWith('p50 of'));
    assert.equal(cost?.status, 'observed');
    assert.match(cost?.reason ?? '', /the bound lies within the interval: .* 95 % interval/);
  });

  it('is broken, and nothing else is said, when the two sides disagree', () => {
    const scenarios = judge(resultsOf(steady), options, { problems: ['they disagree'], durationMs: 1 });
    assert.deepEqual(
      scenarios.map(({ status, reason }) => [status, reason]),
      [['broken', 'they disagree']],
    );
  });

  it('is broken where k6 could not keep the rate', () => {
    const results = resultsOf(steady);
    results.add(round('service', 60_000, 1, 0, { totals: { requests: 30, iterations: 30, dropped: 40, begun: 30 } }));
    const rate = judge(results, options, ending).find(({ name }) => name.includes('rate'));
    assert.equal(rate?.status, 'broken');
    assert.match(
      rate?.reason ?? '',
      /^k6 began 480 of 520 iterations that were due, 92 % where 95 % are needed; a bigger/,
    );
  });

  it('leaves rounds out of what is compared in which k6 stood still for long', () => {
    const results = resultsOf(steady);
    for (const [i, path] of results.paths.entries())
      results.add(
        round(path, 60_000 + 4_000 * i, path === 'service' ? 90 : 1, 0, { pauses: [{ atMs: 61_000, ms: 1_500 }] }),
      );
    assert.equal(results.section('x').differences?.[0]?.rounds, 5);
    assert.ok(results.isNarrow(5));
  });

  it('is broken where more may be lost than was seen, and failed where enough was seen', () => {
    const results = resultsOf(steady);
    const late = { errorCode: 1050, status: 0, void: { who: 'k6', ms: 1_700, atOnce: false } };
    const { recording, ...rest } = round('direct', 60_000, 1);
    const requests = recording.requests.map((request, i) => (i === 20 ? { ...request, ...late } : request));
    results.add({ ...rest, recording: { ...recording, requests } });
    const [, , service, direct] = judge(results, options, ending);
    assert.equal(service?.status, 'passed');
    assert.equal(direct?.status, 'broken');
    assert.match(
      direct?.reason ?? '',
      /^1 requests ran into their time-out while k6 stood still, for up to 1\.7 s: nobody/,
    );
    results.add(round('direct', 64_000, 1, 1));
    assert.equal(judge(results, options, ending)[3]?.status, 'failed');
  });
});

describe('an interrupted load', () => {
  const ended = { ...ending, interrupted: true };
  const runOf = (results: Results): Run => {
    const scenarios = judge(results, options, ended);
    const load = results.requests > 0 ? { load: [results.section(scenarios[0]?.id ?? '')] } : {};
    const { load: _, budget: __, ...sample } = small('cut', []);
    return { ...sample, interrupted: true, scenarios, summary: summarize(scenarios), ...load };
  };
  const half = resultsOf(steady);
  half.agree();
  half.add(round('service', 60_000, 1, 3));
  half.discardRest();

  it('before any account was taken has judged nothing, whatever was recorded', () => {
    const results = resultsOf(steady);
    results.discardRest();
    const scenarios = judge(results, options, ended);
    assert.deepEqual(
      scenarios.map(({ name, status }) => [name, status]),
      [['k6 and the backends agree on every request', 'skipped']],
    );
    assert.match(scenarios[0]?.reason ?? '', /^not judged: the load was interrupted/);
  });

  it('later has judged nothing but what it saw to be wrong, and shows rounds that were accounted for', () => {
    const scenarios = judge(half, options, ended);
    assert.deepEqual([...new Set(scenarios.map(({ status }) => status))], ['skipped', 'observed']);
    assert.equal(half.requests, 450);
    const lossy = resultsOf(steady, 1);
    lossy.agree();
    assert.equal(judge(lossy, options, ended).filter(({ status }) => status === 'failed').length, 1);
  });

  it('passes nothing in any report', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'interrupted-'));
    try {
      const run = runOf(half);
      await writeReports(run, directory);
      const read = (name: string) => readFile(join(directory, name), 'utf8');
      const junit = await read('junit.xml');
      // that it was interrupted, and that nothing was judged, are errors of their own
      assert.equal(junit.match(/<testcase /g)?.length, run.scenarios.length + 2);
      assert.equal(junit.match(/<error /g)?.length, 2);
      assert.equal(junit.match(/<skipped message="(observed, )?not judged/g)?.length, run.scenarios.length);
      assert.match(await read('conformance.yaml'), /result: partial/);
      assert.equal((JSON.parse(await read('run.json')) as Run).summary.passed, 0);
      const [html, terminal] = [await read('index.html'), closingSummary(run, directory)];
      assert.doesNotMatch(`${html}${terminal}`, /[1-9]\d* passed/);
      for (const text of [html, terminal]) assert.match(text, /not judged: the load was interrupted/);
      const metadata = { id: 'x', createdAt: run.startedAt, netvet: '0', command: 'netvet compare' };
      const { columns } = compareRuns([{ run, source: 'a' }], metadata);
      assert.equal(columns[0]?.summary.passed, 0);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
