import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { apartMs, distributionOf, latencyOf, poolOf, type Recording, type Request, seriesOf } from './index.ts';

const requestOf = (ms: number, startedMs = 0): Request => ({
  kind: 'service',
  startedMs,
  status: 200,
  errorCode: 0,
  ms,
  pod: 'web-1',
  process: 'web-1/1',
  error: '',
});

const recordingOf = (requests: Request[]): Recording => ({
  requests,
  totals: { requests: requests.length, iterations: requests.length, dropped: 0, begun: requests.length },
  pauses: [],
  notes: [],
});

/** What one k6 would have recorded, and the same requests as several runners recorded them. */
const dealt = fc
  .tuple(
    fc.array(
      fc.record({
        ms: fc.double({ min: 0, max: 1e4, noNaN: true }),
        startedMs: fc.integer({ min: 0, max: 9_000 }),
        lost: fc.boolean(),
        runner: fc.nat(99),
      }),
      { minLength: 1, maxLength: 300 },
    ),
    fc.integer({ min: 1, max: 8 }),
  )
  .map(([samples, runners]) => {
    const requests = samples.map(({ ms, startedMs, lost, runner }) => ({
      request: { ...requestOf(ms, startedMs), ...(lost && { status: 0, errorCode: 1212 }) },
      runner: runner % runners,
    }));
    return {
      pooled: recordingOf(requests.map(({ request }) => request)),
      parts: Array.from({ length: runners }, (_, i) =>
        recordingOf(requests.filter(({ runner }) => runner === i).map(({ request }) => request)),
      ),
    };
  });

const latencies = ({ requests }: Recording): number[] => requests.map(({ ms }) => ms);

describe('the requests of several runners', () => {
  it('come to the percentiles, the distribution and the counts of the pooled data, however they were dealt', () => {
    fc.assert(
      fc.property(dealt, ({ pooled, parts }) => {
        const merged = poolOf(parts);
        assert.deepEqual(latencyOf(latencies(merged)), latencyOf(latencies(pooled)));
        assert.deepEqual(distributionOf(latencies(merged)), distributionOf(latencies(pooled)));
        assert.deepEqual(seriesOf('any', merged.requests, 0), seriesOf('any', pooled.requests, 0));
        assert.deepEqual(merged.totals, pooled.totals);
      }),
    );
  });

  /** Percentiles of the runners, averaged, plainly or by how many requests each has: what is not done here. */
  const averages = (parts: Recording[]) => {
    const p95s = parts.map((part) => latencyOf(latencies(part)).p95);
    const weights = parts.map(({ requests }) => requests.length);
    const whole = weights.reduce((a, b) => a + b, 0);
    return {
      plain: p95s.reduce((a, b) => a + b, 0) / parts.length,
      weighted: p95s.reduce((sum, p95, i) => sum + (p95 * (weights[i] as number)) / whole, 0),
    };
  };

  it('would come to something else by averages', () => {
    const slow = Array.from({ length: 100 }, (_, i) => requestOf(i < 80 ? 1 : 100));
    const fast = Array.from({ length: 100 }, () => requestOf(1));
    const parts = [slow, fast, fast, fast].map(recordingOf);
    // 20 of 400 requests take 100 ms: p95 is just below them
    assert.equal(latencyOf(latencies(poolOf(parts))).p95, 1);
    assert.deepEqual(averages(parts), { plain: 25.75, weighted: 25.75 });
    // and with one request more it is 100 ms, of which averages know nothing
    parts.push(recordingOf([requestOf(100)]));
    assert.equal(latencyOf(latencies(poolOf(parts))).p95, 100);
    assert.ok(averages(parts).plain < 41 && averages(parts).weighted < 26);
  });

  it('would come to a latency that nobody had, by averages, whenever one runner is slower than another', () => {
    const load = fc.record({
      quick: fc.integer({ min: 1, max: 100 }),
      more: fc.integer({ min: 1, max: 100 }),
      each: fc.integer({ min: 1, max: 50 }),
    });
    fc.assert(
      fc.property(load, ({ quick, more, each }) => {
        const parts = [quick, quick + more].map((ms) => recordingOf(Array.from({ length: each }, () => requestOf(ms))));
        const { p95 } = latencyOf(latencies(poolOf(parts)));
        assert.equal(p95, quick + more);
        for (const average of Object.values(averages(parts))) {
          assert.ok(average < p95 && !latencies(poolOf(parts)).includes(average), `${average}`);
        }
      }),
    );
  });

  it('have no totals when one runner has none, and all notes', () => {
    const parts = [
      recordingOf([requestOf(1)]),
      { ...recordingOf([requestOf(2)]), totals: undefined, notes: ['killed'] },
    ];
    const { requests, totals, notes } = poolOf(parts);
    assert.deepEqual([requests.length, totals, notes], [2, undefined, ['killed']]);
  });

  it('tell how far apart their runners began, those that sent nothing left out', () => {
    const at = (startedMs: number) => recordingOf([requestOf(1, startedMs + 500), requestOf(1, startedMs)]);
    assert.equal(apartMs([at(1_040), at(1_000), recordingOf([]), at(1_025)], 'service'), 40);
    assert.equal(apartMs([at(1_040)], 'service'), 0);
    assert.equal(apartMs([at(1_040), at(1_000)], 'direct'), 0);
  });
});
