import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { kneeOf, type Request, rampSteps } from './index.ts';

const request = (startedMs: number, ms = 1, status = 200): Request => ({
  kind: 'service',
  startedMs,
  status,
  errorCode: status === 0 ? 1050 : 0,
  ms,
  pod: 'web-1',
  process: 'web-1/1',
  error: '',
});

/** So many requests evenly over the second that begins at `from`. */
const second = (from: number, count: number, ms?: number, status?: number) =>
  Array.from({ length: count }, (_, i) => request(from + (i * 1000) / count, ms, status));

const ramp = { rate: 400, seconds: 4, steps: 4 };

describe('the knee of a ramp', () => {
  const even = [...second(0, 100), ...second(1000, 200), ...second(2000, 300), ...second(3000, 400)];

  it('is the last step when there is none', () => {
    assert.deepEqual(
      rampSteps(even, ramp).map(({ due, answered }) => [due, answered]),
      [
        [100, 100],
        [200, 200],
        [300, 300],
        [400, 400],
      ],
    );
    assert.equal(kneeOf(rampSteps(even, ramp)), 400);
  });

  it('is before requests that were due and not sent', () => {
    const slow = [...second(0, 100), ...second(1000, 200), ...second(2000, 280), ...second(3000, 400)];
    assert.equal(kneeOf(rampSteps(slow, ramp)), 200);
  });

  it('is before requests that were lost', () => {
    const lossy = [...second(0, 100), ...second(1000, 180), ...second(1000, 20, 2000, 0)];
    assert.equal(kneeOf(rampSteps(lossy, ramp)), 100);
  });

  it('is before latency that bends upwards', () => {
    const bent = [...second(0, 100), ...second(1000, 200), ...second(2000, 300, 6), ...second(3000, 400)];
    assert.equal(kneeOf(rampSteps(bent, ramp)), 200);
  });

  it('is 0 when even the first step was too much', () => assert.equal(kneeOf(rampSteps(second(0, 50), ramp)), 0));
});
