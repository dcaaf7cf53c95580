import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differenceInWords, signed } from './format.ts';
import type { Run } from './model.ts';
import { summarize } from './outcome.ts';
import { distributionChart, intervalChart, rampChart, roundsChart } from './svg/paths.ts';
import { samplePaths } from './testing/load.ts';
import { sample } from './testing/sample.ts';
import { parseXml } from './testing/xml.ts';
import { closingSummary } from './text.ts';

const load = samplePaths('load/keep-alive/x', 'keep-alive');

test('a difference is never a lone figure', () => {
  const [first, second] = load.differences ?? [];
  assert.ok(first && second);
  assert.equal(differenceInWords(first), 'p50 +0.31 ms (95 % interval +0.22 ms to +0.4 ms, 6 rounds)');
  assert.match(differenceInWords(second), /−0\.1 ms \(95 % interval −0\.25 ms to \+0\.05 ms/);
  assert.equal(signed(-1234, 'requests/s'), '−1230 requests/s');
});

test('the closing lines have every path and every difference', () => {
  const run: Run = { ...sample(), load: [load] };
  const text = closingSummary(run, '/tmp/x');
  assert.match(text, /load {8}keep-alive\n/);
  assert.match(text, /Service path − same Pods dialled directly: p50 \+0\.31 ms \(95 % interval/);
});

test('the pictures are well-formed, say what they show, and have a mark for every round', () => {
  const all = load.differences ?? [];
  const intervals = all.map((each) => intervalChart(each, all, differenceInWords(each)));
  const pictures = [distributionChart(load), roundsChart(load, 'ms'), rampChart(load.series), ...intervals];
  for (const svg of pictures) assert.ok(parseXml(svg));
  assert.equal(roundsChart(load, 'ms').match(/class="mark /g)?.length, 18);
  assert.match(
    distributionChart(load),
    /aria-label="Share of requests answered within a time: Service path half within/,
  );
  assert.equal(intervals.join('').match(/class="interval"/g)?.length, 2);
});

test('a load without rounds, as an interrupted one is, has pictures all the same', () => {
  const bare = { ...load, series: load.series.map((each) => ({ ...each, rounds: [], distribution: [], steps: [] })) };
  for (const svg of [distributionChart(bare), roundsChart(bare, 'ms'), rampChart(bare.series)]) {
    assert.ok(parseXml(svg));
    assert.ok(!/NaN|Infinity/.test(svg));
  }
  assert.deepEqual(summarize([]), { passed: 0, failed: 0, skipped: 0, flaky: 0, observed: 0, broken: 0 });
});
