import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Backend,
  lossOf,
  parseRecording,
  pausesMs,
  type Recording,
  rateProblem,
  summaryOf,
  undecided,
  withVoid,
} from './index.ts';

const lineOf = (startedMs: number, code: number, ms: number) => `request service ${startedMs} 0 ${code} ${ms}.000 - `;
const recorded = (...lines: string[]): Recording => parseRecording(lines.join('\n'));
const timedOut = (...more: string[]) => recorded(lineOf(10_000, 1050, 2_000), ...more);
const backendOf = (...pauses: Backend['pauses']): Backend => ({ process: 'web-1/a', counts: {}, pauses });
const voids = ({ requests }: Recording) => requests.map((request) => request.void);

describe('a request that ran into its time-out', () => {
  it('is void while k6 stood still for more than half of it', () => {
    assert.deepEqual(voids(withVoid(timedOut('paused 10500 1400'), [])), [{ who: 'k6', ms: 1_400, atOnce: true }]);
    // in pieces too, and as far as it was under way
    const pieces = ['paused 9500 1200', 'paused 11000 400'];
    assert.deepEqual(voids(withVoid(timedOut(...pieces), [])), [{ who: 'k6', ms: 1_100, atOnce: false }]);
  });

  it('is void while a backend did', () =>
    assert.deepEqual(voids(withVoid(timedOut(), [backendOf(), backendOf({ atMs: 9_000, ms: 2_500 })])), [
      { who: 'web-1/a', ms: 1_500, atOnce: true },
    ]));

  it('is lost where all went on, or stood still for less, or at another time', () => {
    for (const pause of ['', 'paused 10500 900', 'paused 7000 3000', 'paused 12000 5000'])
      assert.deepEqual(voids(withVoid(timedOut(pause), [])), [undefined]);
    // of two that stood still for a little, none would have missed it
    assert.deepEqual(voids(withVoid(timedOut('paused 10000 900'), [backendOf({ atMs: 11_000, ms: 900 })])), [
      undefined,
    ]);
  });

  it('is never void when it was refused, reset or answered', () => {
    const lines = [1212, 1220, 1000].map((code) => lineOf(10_000, code, 3_000));
    const recording = withVoid(
      recorded(...lines, 'request service 10000 200 0 3000.000 web-1/a ', 'paused 9000 5000'),
      [],
    );
    assert.deepEqual(voids(recording), [undefined, undefined, undefined, undefined]);
    assert.equal(lossOf(recording.requests[0] as Recording['requests'][0]), 'connection refused');
  });

  it('is told from the lost ones in the sums, and the second in which k6 stood still is marked', () => {
    const [series] = summaryOf(withVoid(timedOut(lineOf(11_100, 1212, 1), 'paused 10500 1400'), []), []).series;
    assert.deepEqual(
      [series?.sent, series?.answered, series?.lost, series?.void],
      [2, 0, { 'connection refused': 1 }, 1],
    );
    assert.deepEqual(
      series?.points.map(({ lost, pausedMs }) => [lost, pausedMs]),
      [
        [0, 500],
        [1, 900],
      ],
    );
  });
});

describe('what a load has lost', () => {
  const lineAt = (i: number) => `request service ${20_000 + 10 * i} 200 0 1.000 web-1/a `;
  const answered = recorded(...Array.from({ length: 100 }, (_, i) => lineAt(i))).requests;
  const { requests: slow } = withVoid(timedOut('paused 10100 700', 'paused 11000 700'), []);
  const { requests: stopped } = withVoid(timedOut('paused 10100 1400'), []);
  const { requests: refused } = recorded(lineOf(10_000, 1212, 1));

  it('is undecided on a machine that stood still again and again', () => {
    const sentence = /^1 requests ran into their time-out while k6 stood still, for up to 1\.4 s: nobody knows/;
    assert.match(undecided([...answered, ...slow], 0) ?? '', sentence);
    assert.equal(undecided([...answered, ...slow], 1), undefined);
  });

  it('is decided by all others after one long pause, as long as they are nearly all', () => {
    assert.equal(undecided([...answered, ...stopped], 0), undefined);
    const many = Array.from({ length: 10 }, () => stopped).flat();
    assert.match(undecided([...answered, ...many], 0) ?? '', /^10 requests ran into their time-out/);
  });

  it('is decided where nothing is void, and where enough was seen to be lost', () => {
    assert.equal(undecided([...answered, ...refused], 0), undefined);
    assert.equal(undecided([...slow, ...refused], 0), undefined);
  });
});

describe('the rate', () => {
  const recordedAs = (iterations: number, dropped: number, ...pauses: string[]) =>
    recorded(...pauses, `totals ${iterations} ${iterations} ${dropped} ${iterations}`);

  it('was reached where nearly all that was due began', () => {
    assert.equal(rateProblem(recordedAs(2_000, 0), 100), undefined);
    assert.equal(rateProblem(recordedAs(1_950, 50), 100), undefined);
  });

  it('was not where more was left out, and the sentence has the figures', () =>
    assert.equal(
      rateProblem(recordedAs(1_600, 400), 100),
      'k6 began 1600 of 2000 iterations that were due, 80 % where 95 % are needed',
    ));

  it('leaves out what was due while k6 stood still for long, and nothing more unless it is told', () => {
    assert.equal(rateProblem(recordedAs(1_700, 300, 'paused 1000 3000'), 100), undefined);
    assert.match(rateProblem(recordedAs(1_500, 500, 'paused 1000 3000'), 100) ?? '', /^k6 began 1500 of 1700/);
    const short = Array.from({ length: 10 }, (_, i) => `paused ${1_000 * i} 300`);
    assert.match(rateProblem(recordedAs(1_700, 300, ...short), 100) ?? '', /^k6 began 1700 of 2000/);
    const { pauses } = recorded(...short);
    assert.equal(rateProblem(recordedAs(1_700, 300, ...short), 100, pausesMs(pauses)), undefined);
  });
});
