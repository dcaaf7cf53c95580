import assert from 'node:assert/strict';
import { test } from 'node:test';
import { budgetLines } from './budget.ts';
import { collect } from './collect.ts';
import { compareRuns } from './compare/index.ts';
import { markdown } from './compare/markdown.ts';
import { metadata as comparing, small, stored } from './compare/testing.ts';
import { disturbedIn, timings } from './figures.ts';
import { html } from './html/index.ts';
import { junit } from './junit.ts';
import { looksOf, voidText } from './looks.ts';
import type { Measurement, Run, Scenario } from './model.ts';
import { mergeRepeats } from './repeats.ts';
import { cucumber } from './testing/cucumber.ts';
import { sample } from './testing/sample.ts';
import { metadata, stepFile } from './testing/suite.ts';
import { disturbedSample } from './testing/variants.ts';
import { closingSummary } from './text.ts';

const convergence = (value: number, disturbed = false): Measurement => ({
  name: 'convergence',
  value,
  unit: 'ms',
  ...(disturbed && { disturbed: true }),
});
const measured = (...measurements: Measurement[]): Scenario => ({
  ...(sample().scenarios[0] as Scenario),
  area: 'policies',
  status: 'passed',
  measurements,
});

test('void looks are summed, and who stood still longest is told in a sentence', async () => {
  const steps = `${stepFile}
Given('{int} looks are sound and {int} void, {word} stood still for {int} ms', function (sound, none, who, longestMs) {
  attach(this, 'looks', { sound, void: none, longestMs, who });
});`;
  const look = (words: string) => `    Given ${words}\n`;
  const text =
    `Feature: f\n  Scenario: s\n${look('4 looks are sound and 1 void, web stood still for 812 ms')}` +
    look('5 looks are sound and 2 void, db stood still for 300 ms') +
    `  Scenario: t\n${look('9 looks are sound and 0 void, netvet stood still for 2 ms')}`;
  const run = collect(await cucumber({ 'features/f.feature': text, 'steps/all.ts': steps }), metadata);
  assert.deepEqual(
    run.scenarios.map(({ looks }) => looks),
    [
      { sound: 9, void: 3, longestMs: 812, who: 'web' },
      { sound: 9, void: 0, longestMs: 2, who: 'netvet' },
    ],
  );
  assert.match(closingSummary(run, '.'), /\n {2}looks {7}3 of 21 looks were void: web stood still for up to 812 ms\n/);
  const xml = junit(run);
  assert.match(xml, /name="looks.sound" value="9"[^]*name="looks.void" value="3"[^]*"looks.stood still \(ms\)"/);
  assert.match(xml, /"looks.stood still \(ms\)" value="812"[^]*"looks.who" value="web"/);
  const page = html(run);
  assert.match(page, /<p class="soft"><bdi>3 of 21 looks were void: web/);
  assert.equal(
    page.match(/<p class="note"><bdi>3 of 12 looks were void: web stood still for up to 812 ms<\/bdi>/g)?.length,
    1,
  );
});

test('where all looks were sound nothing is said of them', () => {
  assert.equal(voidText({ sound: 7, void: 0, longestMs: 40, who: 'web' }), undefined);
  assert.equal(
    voidText({ sound: 0, void: 1, longestMs: 40 }),
    '1 of 1 look was void: an observer stood still for up to 40 ms',
  );
  assert.equal(looksOf(sample()), undefined);
  assert.doesNotMatch(closingSummary(sample(), '.'), /looks|disturbed|not run/);
});

test('disturbed figures are marked in every list, and in no median, percentile or budget line', () => {
  const run: Run = { ...sample(), scenarios: [measured(convergence(10), convergence(9_000, true), convergence(30))] };
  assert.deepEqual(
    timings(run, 'convergence').map(({ ms, change }) => [ms, change]),
    [
      [10, 0],
      [30, 2],
    ],
  );
  assert.equal(disturbedIn(run, 'convergence'), 1);
  const limits = [{ figure: 'convergence' as const, area: 'policies', p95Ms: 100, maxMs: 100 }];
  const bounds = { attemptMs: { least: 500, most: 5_000 }, gapMs: { attempts: 5_000, pages: 3_000 } };
  const [line] = budgetLines(run.scenarios, { name: 'strict', changeMs: 10_000, ...bounds, limits });
  assert.deepEqual([line?.count, line?.max, line?.kept], [2, 30, true]);
  assert.match(
    closingSummary(run, '.'),
    /convergence p50 10 ms, p95 30 ms, worst 30 ms \(.*\), 1 disturbed left out\n/,
  );
  assert.match(junit(run), /name="measurement.convergence \(ms, disturbed\)" value="9000"/);
  const page = html(run);
  assert.match(page, /<dt>disturbed<\/dt><dd>1 left out<\/dd>/);
  assert.match(page, /<dd>9 s <small title="[^"]+">disturbed<\/small><\/dd>/);
  const all = { ...run, scenarios: [measured(convergence(9_000, true))] };
  assert.match(closingSummary(all, '.'), /convergence none, 1 disturbed left out\n/);
  assert.match(html(all), /<p class="soft">Convergence: none, 1 disturbed left out\.<\/p>/);
});

test('repeats: a distribution has no disturbed figure, and says how many it lacks', () => {
  const looks = { sound: 5, void: 1, longestMs: 700, who: 'db' };
  const { scenario } = mergeRepeats([
    { scenario: measured(convergence(10)), loads: [] },
    { scenario: { ...measured(convergence(9_000, true)), looks }, loads: [] },
    { scenario: { ...measured(convergence(20)), looks }, loads: [] },
  ]);
  assert.deepEqual(scenario.distributions, [
    { name: 'convergence', unit: 'ms', count: 2, min: 10, p50: 10, p95: 20, max: 20 },
  ]);
  assert.deepEqual(scenario.looks, { ...looks, sound: 10, void: 2 });
  assert.match(html({ ...sample(), scenarios: [scenario] }), /1 figure taken while an observer stood still left out/);
});

test('a comparison sets the second change beside the second, also where the first is disturbed', () => {
  const one = (name: string, measurements: Measurement[]) => {
    const run = small(name, ['passed']);
    return { ...run, scenarios: run.scenarios.map((each) => ({ ...each, measurements })) };
  };
  const figure = (value: number, disturbed: boolean): Measurement => ({
    ...convergence(value, disturbed),
    name: 'throughput',
  });
  const comparison = compareRuns(
    [
      one('a', [convergence(10), convergence(20), figure(1, false)]),
      one('b', [convergence(9_000, true), convergence(30), figure(2, true)]),
    ].map((run) => stored(run)),
    comparing,
  );
  const [row] = comparison.timings;
  assert.deepEqual(
    row?.common.figures.map(({ count, max }) => [count, max]),
    [
      [1, 20],
      [1, 30],
    ],
  );
  assert.deepEqual(
    row?.missing.map(({ changes }) => changes),
    [0, 1],
  );
  const other = comparison.figures.find(({ measurement }) => measurement === 'throughput');
  assert.deepEqual(
    other?.figures.map(({ column }) => column),
    ['a'],
  );
  assert.match(markdown(comparison), /nor has one during which an observer stood still/);
});

test('a whole report of a run that stood still and of a part of the suite', () => {
  const run = disturbedSample();
  const said = closingSummary(run, '.');
  assert.match(said, /not run {5}1 of 61 scenarios \(tags @core and not @more\)\n/);
  assert.match(said, /looks {7}\d+ of [\d,]+ looks were void: the agent of <b>web<\/b> stood still for up to \d+ ms\n/);
  assert.doesNotMatch(html(run), /<b>web/);
  assert.match(html(run), /<dt>Not run<\/dt><dd><bdi>1 of 61 scenarios/);
});
