import type { RunMetadata } from '../collect.ts';

/** Where a run of the collector's tests claims to have happened. */
export const metadata: RunMetadata = {
  id: '20261123-141500',
  startedAt: '2026-11-23T14:15:00.000Z',
  command: 'netvet run --cluster embedded --cni reference',
  netvet: '0.1.0',
  cluster: { provider: 'embedded', kubernetes: '1.34.0', nodes: 3, kernel: '6.1.0' },
  cni: { name: 'reference', version: '0.1.0' },
};

/** Sentences that do one thing each that a step can do to a report. */
export const stepFile = `
import { AssertionError } from 'node:assert';
import assert from 'node:assert/strict';
import { After, AfterStep, Before, Given, setDefaultTimeout } from '@cucumber/cucumber';

class BrokenError extends Error { name = 'BrokenError'; }
class MatrixError extends AssertionError {}
// what only keeps a test from hanging: a step may be slow where the machine is
setDefaultTimeout(60_000);
const attach = (world, kind, value) => world.attach(JSON.stringify(value), 'application/vnd.netvet.' + kind + '+json');
const says = (kind, value, result) => function () {
  attach(this, kind, value);
  return result;
};
const cell = (verdict, expected = 'denied') =>
  ({ from: 'web', to: 'db', port: 5432, protocol: 'TCP', expected, verdict });

Given('it passes', () => {});
Given('it takes {int} ms', async (ms) => new Promise((done) => setTimeout(done, ms)));
Given('the assertion fails', () =>
  assert.equal('leaked', 'dropped', 'expected denied from web to db TCP/5432, seen leaked'));
Given('the matrix is wrong', () => {
  throw new MatrixError({ message: 'the matrix never held:\\n  web to db leaked\\n  cache to db leaked' });
});
Given('the assertion fails without a message', () => assert.deepEqual({ a: 1 }, { a: 2 }));
Given('the probe is gone', function () {
  attach(this, 'outcome', { status: 'broken', reason: 'the agent of pod web is gone' });
  throw new BrokenError('the agent of pod web is gone');
});
Given('the code is wrong', () => { null.oops(); });
Given('it throws an ordinary error', () => { throw new Error('ECONNRESET', { cause: new Error('socket closed') }); });
Given('it throws a text', () => { throw 'just text'; });
Given('it never ends', { timeout: 150 }, async () => new Promise(() => {}));
Given('it is pending', () => 'pending');
Given('it is skipped with a reason', says('outcome', { status: 'skipped', reason: 'k6 is not installed' }, 'skipped'));
Given('it is skipped', () => 'skipped');
Given('it says skipped but goes on', says('outcome', { status: 'skipped', reason: 'one node only' }));
Given('it is only observed', says('outcome', { status: 'observed', reason: 'the connection was cut' }));
Given('it breaks quietly', says('outcome', { status: 'broken', reason: 'out of sockets' }));
Given('it attaches nonsense', function () { this.attach('{', 'application/vnd.netvet.cells+json'); });
Given('it attaches a figure that is not one', says('measurement', { name: 'convergence', value: NaN, unit: 'ms' }));
Given('it attaches a new kind of thing', says('poem', {}));
Given('it measures', function () {
  attach(this, 'measurement', { name: 'convergence', value: 182.4, unit: 'ms' });
  const leak = { name: 'leak window', value: 12, unit: 'ms' };
  attach(this, 'measurement', [leak, { name: 'stable', value: 1200, unit: 'ms' }]);
  this.log('round 7 held');
});
Given('the pair is {word}, expected {word}', function (verdict, expected) {
  attach(this, 'cells', [cell(verdict, expected)]);
});
Given('a load runs', function () {
  const latency = { p50: 1, p90: 2, p95: 3, p99: 4, max: 5 };
  const points = [{ second: 0, sent: 200, lost: 0, p50: 1, p95: 3 }];
  attach(this, 'load', {
    series: [{ name: 'Service path', sent: 200, answered: 198, lost: { 'connection refused': 2 }, latency, points }],
    events: [{ second: 0.4, label: 'rollout restart' }],
  });
});
Given(/^twice defined$/, () => {});
Given(/^twice (defined)$/, () => {});
let attempts = 0;
Given('it passes the second time', () => assert.ok(attempts++ > 0, 'not yet'));
Before({ tags: '@before-breaks', name: 'a stage' }, () => { throw new BrokenError('no Pod became ready'); });
Before({ tags: '@before-asserts' }, () => assert.fail('the control was not allowed'));
Before({ tags: '@before-skips' }, says('outcome', { status: 'skipped', reason: 'needs two nodes' }, 'skipped'));
After({ tags: '@after-breaks', name: 'clean up' }, function () {
  attach(this, 'outcome', { status: 'broken', reason: 'namespace would not go' });
  throw new BrokenError('namespace would not go');
});
After({ tags: '@after-measures' }, says('measurement', { name: 'convergence', value: 1, unit: 'ms' }));
AfterStep({ tags: '@afterstep-breaks' }, () => { throw new BrokenError('the watch was lost'); });
`;
