import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Cell, Load } from '../model.ts';
import { parseXml } from '../testing/xml.ts';
import { proportions } from './bar.ts';
import { sprite } from './glyphs.ts';
import { latencyChart, rateChart } from './load.ts';
import { ticks, timeScale, timeTicksUpTo } from './scale.ts';
import { strip } from './strip.ts';
import { axesOf, thumbnail } from './thumbnail.ts';

/**
 * Compares with a file beside the test. `UPDATE_GOLDEN=1 node --test` writes it anew: look at the difference before you
 * commit.
 */
function golden(name: string, svg: string): void {
  const file = new URL(`golden/${name}.svg`, import.meta.url);
  const text = `${svg.replaceAll('><', '>\n<')}\n`;
  if (process.env['UPDATE_GOLDEN']) writeFileSync(file, text);
  assert.equal(text, readFileSync(file, 'utf8'), `${file.pathname} (UPDATE_GOLDEN=1 writes it anew)`);
}

const load: Load = {
  scenario: 'x',
  series: [
    {
      name: 'Service path',
      sent: 600,
      answered: 598,
      lost: { 'connection refused': 2 },
      latency: { p50: 1.6, p90: 3, p95: 3.4, p99: 8, max: 19 },
      points: [
        { second: 0, sent: 200, lost: 0, p50: 1.6, p95: 3.1 },
        { second: 1, sent: 200, lost: 2, p50: 2.4, p95: 8.2 },
        { second: 2, sent: 200, lost: 0, p50: 1.7, p95: 3.2 },
      ],
    },
    {
      name: 'direct',
      sent: 600,
      answered: 600,
      lost: {},
      latency: { p50: 1.3, p90: 2, p95: 2.5, p99: 6, max: 11 },
      points: [
        { second: 0, sent: 200, lost: 0, p50: 1.2, p95: 2.5 },
        { second: 1, sent: 200, lost: 0, p50: 1.3, p95: 2.6 },
        { second: 2, sent: 200, lost: 0, p50: 1.3, p95: 2.4 },
      ],
    },
  ],
  events: [{ second: 1.2, label: 'rollout <restart>' }],
};

const cell = (from: string, to: string, expected: Cell['expected'], verdict: Cell['verdict']): Cell => ({
  from,
  to,
  port: 80,
  protocol: 'TCP',
  expected,
  verdict,
});
const cells = [
  cell('a', 'b', 'allowed', 'allowed'),
  cell('a', 'c', 'denied', 'dropped'),
  cell('b', 'a', 'denied', 'leaked'),
  cell('b', 'c', 'denied', 'rejected'),
  cell('c', 'a', 'allowed', 'unserved'),
  cell('c', 'b', 'allowed', 'allowed'),
];
const timings = [0, 0, 0, 4, 31, 32, 180, 560].map((ms, i) => ({ ms, id: `s${i}`, scenario: `scenario "${i}"` }));

const drawings: Record<string, () => string> = {
  strip: () => strip('Convergence', timings, 560),
  'strip-of-one': () => strip('Convergence', timings.slice(0, 1), 0),
  latency: () => latencyChart(load),
  rate: () => rateChart(load, load.series[0] as Load['series'][0]),
  proportions: () =>
    proportions([
      ['passed', 980],
      ['skipped', 0],
      ['failed', 19],
      ['broken', 1],
    ]),
  thumbnail: () => thumbnail(cells),
  glyphs: () => sprite(),
};

for (const [name, draw] of Object.entries(drawings)) {
  test(`${name} is drawn as it was, and is well-formed`, () => {
    const svg = draw();
    assert.equal(parseXml(svg).name, 'svg');
    golden(name, svg);
  });
}

test('a second in which nothing was answered is a gap in the curves', () => {
  const points = [10, 10, 0, 10, 10].map((answered, second) => ({
    second,
    sent: 10,
    lost: 10 - answered,
    p50: 1,
    p95: 2,
  }));
  const series = [{ ...(load.series[0] as Load['series'][0]), points }];
  assert.equal(latencyChart({ ...load, series }).match(/<polyline/g)?.length, 4);
});

test('the numbers of events that are close are kept apart, and none leaves the chart', () => {
  const events = [-0.2, 0.1, 0.15, 0.2, 1.5, 3.4].map((second) => ({ second, label: 'x' }));
  const svg = latencyChart({ ...load, events });
  const badges = [...svg.matchAll(/class="badge" cx="([\d.]+)%" cy="([\d.]+)"/g)].map(([, x, y]) => [
    Number(x),
    Number(y),
  ]);
  assert.deepEqual(
    badges.map(([, y]) => y),
    [9, 27, 45, 9, 9, 9],
  );
  assert.deepEqual([badges[0]?.[0], badges.at(-1)?.[0]], [0, 100]);
});

test('nothing measured or sent still draws', () => {
  const empty = { ...load, series: load.series.map((series) => ({ ...series, points: [] })), events: [] };
  for (const svg of [
    latencyChart(empty),
    latencyChart({ ...load, series: [] }),
    rateChart(empty, empty.series[0] as Load['series'][0]),
    thumbnail([]),
    proportions([]),
  ]) {
    assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
  }
});

test('no figure makes a drawing with a number that is none, and everything lies inside', () => {
  const ms = fc.double({ min: 0, max: 1e7, noNaN: true });
  fc.assert(
    fc.property(fc.array(ms, { minLength: 1, maxLength: 300 }), (values) => {
      const svg = strip(
        'x',
        values.map((value) => ({ ms: value, id: 'x', scenario: 'x' })),
        Math.max(...values),
      );
      assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
      for (const [, x] of svg.matchAll(/cx="([^"]*)%"/g)) assert.ok(Number(x) >= 0 && Number(x) <= 100);
      for (const [, y] of svg.matchAll(/cy="([^"]*)"/g)) assert.ok(Number(y) >= 0 && Number(y) <= 88);
    }),
  );
});

test('ticks are round, start at 0 and reach the maximum', () => {
  assert.deepEqual(ticks(9, 4), [0, 5, 10]);
  assert.deepEqual(ticks(20, 4), [0, 5, 10, 15, 20]);
  assert.deepEqual(ticks(0.3, 3), [0, 0.1, 0.2, 0.3]);
  assert.deepEqual(ticks(0, 4), [0, 1]);
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), fc.integer({ min: 2, max: 8 }), (max, wanted) => {
      const all = ticks(max, wanted);
      assert.equal(all[0], 0);
      assert.ok((all.at(-1) as number) >= max * (1 - 1e-9));
      assert.ok(all.length <= wanted + 2);
    }),
  );
});

test('the time scale is monotonic from 0 to 1', () => {
  const scale = timeScale(5000);
  const places = [0, 1, 10, 100, 1000, 5000].map(scale);
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  );
  assert.deepEqual([places[0], places.at(-1)], [0, 1]);
  assert.deepEqual(timeTicksUpTo(560), [0, 10, 30, 100, 300]);
  assert.deepEqual(timeTicksUpTo(0), [0, 10]);
});

test('rows and columns of a matrix follow the same order, so that the diagonal is a Pod with itself', () => {
  const { rows, columns } = axesOf(cells);
  assert.deepEqual(rows, ['a', 'b', 'c']);
  assert.deepEqual([...columns.keys()], ['a TCP/80', 'b TCP/80', 'c TCP/80']);
  const services = [80, 443].flatMap((port) =>
    ['x', 'y'].map((to) => ({ ...cell('a', to, 'allowed', 'allowed'), port })),
  );
  assert.deepEqual([...axesOf(services).columns.keys()], ['x TCP/80', 'x TCP/443', 'y TCP/80', 'y TCP/443']);
});
