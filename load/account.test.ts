import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { accountOf, lossOf, parseRecording, type Recording, type Request, seriesOf } from './index.ts';
import { lostIn } from './series.ts';

const good = (kind: string, startedMs: number, ms = 1): string =>
  `request ${kind} ${startedMs} 200 0 ${ms.toFixed(3)} web-1/a `;
const refused = (kind: string, startedMs: number): string =>
  `request ${kind} ${startedMs} 0 1212 0.000 - dial: connection refused`;

const output = [
  'WARN[0002] something that k6 wanted to say',
  good('service', 1000),
  good('direct', 1001),
  refused('service', 1500),
  good('service', 3999, 7.5),
  'paused 1700 430',
  'totals 4 3 0 4',
  '',
].join('\n');

type Counts = Record<string, { received: number; answered: number }>;
const both = (received: number, answered = received) => ({ received, answered });
const counted: Counts = { service: both(2), direct: both(1) };
const from = (counts: Counts) => [{ process: 'web-1/a', counts }];

describe('a recording', () => {
  it('is requests, totals, and notes for the rest', () => {
    const { requests, totals, pauses, notes } = parseRecording(output);
    assert.equal(requests.length, 4);
    assert.deepEqual(requests[0], {
      kind: 'service',
      startedMs: 1000,
      status: 200,
      errorCode: 0,
      ms: 1,
      pod: 'web-1',
      process: 'web-1/a',
      error: '',
    });
    assert.deepEqual(totals, { requests: 4, iterations: 3, dropped: 0, begun: 4 });
    assert.deepEqual(pauses, [{ atMs: 1700, ms: 430 }]);
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

  it('has sent = answered + lost + void, whatever happened', () => {
    const request = fc.record<Request>({
      kind: fc.constant('service'),
      startedMs: fc.integer({ min: 0, max: 30_000 }),
      status: fc.constantFrom(0, 200, 301, 404, 503),
      errorCode: fc.constantFrom(0, 1000, 1050, 1101, 1211, 1212, 1220, 1503),
      ms: fc.double({ min: 0, max: 5000, noNaN: true }),
      pod: fc.constantFrom('web-1', undefined),
      process: fc.constantFrom('web-1/a', undefined),
      void: fc.constantFrom(undefined, { who: 'k6', ms: 1500, atOnce: true }),
      error: fc.constantFrom('', 'EOF', 'read tcp 10.1.2.3:4->10.0.0.1:80: use of closed network connection'),
    });
    fc.assert(
      fc.property(fc.array(request), (all) => {
        const requests = all.map((each) => (lossOf(each) === undefined ? { ...each, void: undefined } : each));
        const { sent, answered, lost, void: unknown = 0, points } = seriesOf('any', requests, 0);
        const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
        assert.equal(sent, answered + sum(Object.values(lost)) + unknown);
        assert.equal(sum(points.map((point) => point.sent)), sent);
        assert.equal(sum(points.map((point) => point.lost)), lostIn({ sent, answered, void: unknown }));
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
    assert.deepEqual(accountOf(recording, 99, from(counted)), []);
    // a lost request may have reached its backend
    assert.deepEqual(accountOf(recording, 99, from({ ...counted, service: both(3) })), []);
  });

  const wrong: Record<string, [string, number, Counts, RegExp]> = {
    'an answer that no backend gave': [output, 99, { ...counted, direct: both(1, 0) }, /answered 0/],
    'a request from nowhere': [output, 99, { ...counted, direct: both(2, 1) }, /received 1 requests that k6 neither/],
    'a line that is missing': [
      output.replace(/request direct.*\n/, ''),
      99,
      counted,
      /counted 4 requests and recorded 3/,
    ],
    'a request that never ended': [output.replace('totals 4 3 0 4', 'totals 4 3 0 5'), 99, counted, /began 5 requests/],
    'an end that is missing': [output.replace(/totals.*\n/, ''), 99, counted, /without its totals/],
    'a k6 that was killed': [output, 137, counted, /exit code 137: it was killed/],
    'a k6 that was stopped and not told to end': [output, 105, counted, /stopped from outside/],
    'an answer that nobody puts his name to': [
      output.replace('200 0 7.500 web-1/a', '200 0 7.500 -'),
      99,
      counted,
      /1 service answers that do not say which Pod/,
    ],
    silence: ['', 0, counted, /k6 made no request/],
  };
  for (const [name, [text, code, counts, problem]] of Object.entries(wrong)) {
    it(`is broken by ${name}`, () =>
      assert.match(accountOf(parseRecording(text), code, from(counts)).join('\n'), problem));
  }
});

describe('the account of several backends', () => {
  const answered = (process: string, count: number) =>
    Array.from({ length: count }, (_, i) => `request service ${1000 + i} 200 0 1.000 ${process} `);
  const recorded = (lines: string[]): Recording =>
    parseRecording([...lines, `totals ${lines.length} 0 0 ${lines.length}`].join('\n'));
  const backend = (process: string, received: number) => ({ process, counts: { service: both(received) } });
  const two = recorded([...answered('web-1/a', 10), ...answered('web-2/b', 10)]);

  it('is exact where each agrees for itself', () =>
    assert.deepEqual(accountOf(two, 0, [backend('web-1/a', 10), backend('web-2/b', 10)]), []));

  it('is broken by errors of two that cancel in the sum', () => {
    const problems = accountOf(two, 0, [backend('web-1/a', 9), backend('web-2/b', 11)]).join('\n');
    assert.match(problems, /10 service answers from web-1\/a, which answered 9/);
    assert.match(problems, /web-2\/b received 11 service requests, of which k6 heard of 10/);
  });

  it('is broken by errors of two kinds that cancel in the sum', () => {
    const counts = { service: both(9), direct: both(1) };
    const problems = accountOf(recorded(answered('web-1/a', 10)), 0, [{ process: 'web-1/a', counts }]);
    assert.equal(problems.length, 3, problems.join('\n'));
  });

  it('is broken by answers of a namesake that nobody counts', () => {
    const problems = accountOf(two, 0, [backend('web-1/a', 10), backend('web-2/c', 10)]).join('\n');
    assert.match(problems, /answers from web-2\/b, which answered 0/);
  });

  it('leaves open, of a k6 that was told to end, the requests that were under way and no more', () => {
    // two of twelve had begun and not ended; one of them says so
    const cut = 'request service 2000 0 1000 5.000 - context canceled';
    const told = parseRecording([...answered('web-1/a', 10), cut, 'totals 10 9 0 12'].join('\n'));
    assert.equal(told.requests.length, 10);
    assert.deepEqual(accountOf(told, 105, [backend('web-1/a', 10)], true), []);
    assert.deepEqual(accountOf(told, 105, [backend('web-1/a', 12)], true), []);
    assert.match(accountOf(told, 105, [backend('web-1/a', 13)], true).join(), /received 1 requests that k6 neither/);
    assert.match(accountOf(told, 0, [backend('web-1/a', 10)]).join(), /began 12 requests and recorded 10/);
  });

  it('leaves open whether k6 itself counted what ended as it was told to end, and nothing before that', () => {
    const early = Array.from({ length: 10 }, (_, i) => `request service ${i * 100} 200 0 5.000 web-1/a `);
    const told = (requests: number) =>
      accountOf(
        parseRecording([...early, `totals ${requests} 9 0 10`].join('\n')),
        105,
        [{ process: 'web-1/a', counts: { service: { received: 10, answered: 10 } } }],
        true,
      );
    assert.deepEqual(told(8), []);
    assert.match(told(6).join(), /counted 6 requests and recorded 10/);
  });
});
