import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { accountOf, lossOf, parseRecording, type Request, seriesOf } from './index.ts';
import { lostIn } from './series.ts';

const good = (kind: string, startedMs: number, ms = 1): string =>
  `request ${kind} ${startedMs} 200 0 ${ms.toFixed(3)} web-1 `;
const refused = (kind: string, startedMs: number): string =>
  `request ${kind} ${startedMs} 0 1212 0.000 - dial: connection refused`;

const output = [
  'WARN[0002] something that k6 wanted to say',
  good('service', 1000),
  good('direct', 1001),
  refused('service', 1500),
  good('service', 3999, 7.5),
  'totals 4 3 0',
  '',
].join('\n');

const counted = { service: { received: 2, answered: 2 }, direct: { received: 1, answered: 1 } };

describe('a recording', () => {
  it('is requests, totals, and notes for the rest', () => {
    const { requests, totals, notes } = parseRecording(output);
    assert.equal(requests.length, 4);
    assert.deepEqual(requests[0], {
      kind: 'service',
      startedMs: 1000,
      status: 200,
      errorCode: 0,
      ms: 1,
      pod: 'web-1',
      error: '',
    });
    assert.deepEqual(totals, { requests: 4, iterations: 3, dropped: 0 });
    assert.deepEqual(notes, ['WARN[0002] something that k6 wanted to say']);
  });

  it('never throws, whatever the text', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseRecording(text)));
  });
});

describe('a series', () => {
  const service = parseRecording(output).requests.filter(({ kind }) => kind === 'service');
  const series = seriesOf('Service path', service, 1000);

  it('counts by second of sending, gaps included', () => {
    assert.deepEqual(series.points, [
      { second: 0, sent: 2, lost: 1, p50: 1, p95: 1 },
      { second: 1, sent: 0, lost: 0, p50: 0, p95: 0 },
      { second: 2, sent: 1, lost: 0, p50: 7.5, p95: 7.5 },
    ]);
    assert.deepEqual(series.lost, { 'connection refused': 1 });
    assert.equal(series.latency.max, 7.5);
  });

  it('has sent = answered + lost, whatever happened', () => {
    const request = fc.record<Request>({
      kind: fc.constant('service'),
      startedMs: fc.integer({ min: 0, max: 30_000 }),
      status: fc.constantFrom(0, 200, 301, 404, 503),
      errorCode: fc.constantFrom(0, 1000, 1050, 1101, 1211, 1212, 1220, 1503),
      ms: fc.double({ min: 0, max: 5000, noNaN: true }),
      pod: fc.constantFrom('web-1', undefined),
      error: fc.constantFrom('', 'EOF', 'read tcp 10.1.2.3:4->10.0.0.1:80: use of closed network connection'),
    });
    fc.assert(
      fc.property(fc.array(request), (requests) => {
        const { sent, answered, lost, points } = seriesOf('any', requests, 0);
        const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
        assert.equal(sent, answered + sum(Object.values(lost)));
        assert.equal(sum(points.map((point) => point.sent)), sent);
        assert.equal(sum(points.map((point) => point.lost)), lostIn({ sent, answered }));
      }),
    );
  });

  it('names losses without the addresses in them', () => {
    const error = 'read tcp 10.1.2.3:4->10.0.0.1:80: use of closed network connection';
    assert.equal(lossOf({ status: 0, errorCode: 1200, error }), 'read tcp …->…: use of closed network connection');
  });
});

describe('the account', () => {
  const recording = parseRecording(output);

  it('is exact when k6 and the backends agree, lost requests or not', () => {
    assert.deepEqual(accountOf(recording, 99, counted), []);
    // a lost request may have reached its backend
    assert.deepEqual(accountOf(recording, 99, { ...counted, service: { received: 3, answered: 3 } }), []);
  });

  const wrong: Record<string, [string, number, typeof counted, RegExp]> = {
    'an answer that no backend gave': [output, 99, { ...counted, direct: { received: 1, answered: 0 } }, /answered 0/],
    'a request from nowhere': [output, 99, { ...counted, direct: { received: 2, answered: 1 } }, /received 2/],
    'a line that is missing': [
      output.replace(/request direct.*\n/, ''),
      99,
      counted,
      /counted 4 requests and recorded 3/,
    ],
    'an end that is missing': [output.replace(/totals.*\n/, ''), 99, counted, /without its totals/],
    'a k6 that was killed': [output, 137, counted, /exit code 137: it was killed/],
    silence: ['', 0, counted, /k6 made no request/],
  };
  for (const [name, [text, code, backends, problem]] of Object.entries(wrong)) {
    it(`is broken by ${name}`, () => assert.match(accountOf(parseRecording(text), code, backends).join('\n'), problem));
  }
});
