import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { BrokenError } from '../outcome.ts';
import type { Agent, Cell } from './cell.ts';
import { Clock } from './clock.ts';
import { control, converge, streakOf } from './converge.ts';
import type { Round } from './round.ts';
import { Still } from './still.ts';
import { satisfies, type Verdict } from './verdict.ts';

const clock = new Clock();
clock.sample(0, 0.2, 0.1);
const still = new Still();
const agent: Agent = { name: 'a', channel: { clock, still, request: () => Promise.reject(new Error('not asked')) } };
const sound = { stood: { who: '', ms: 0 }, isVoid: false };
const listener = { protocol: 'TCP' as const, port: 80 };
const cell: Cell = {
  from: agent,
  to: { name: 'b', host: '', ...listener, servers: [{ agent, listener }] },
  expected: 'denied',
};

/** A round over a network that answers `verdictAt` at the time of launch; a denied cell takes `timeoutMs`. */
const network = (verdictAt: (ms: number) => Verdict, timeoutMs: number, began: number) => async (): Promise<Round> => {
  const launchedAt = performance.now();
  const verdict = verdictAt(launchedAt - began);
  if (verdict !== 'allowed' && verdict !== 'leaked') await delay(timeoutMs);
  const arrived = verdict === 'allowed' || verdict === 'leaked' ? { arrivedAt: launchedAt } : {};
  return {
    launchedAt,
    endedAt: performance.now(),
    right: satisfies(verdict, 'denied'),
    seen: '',
    results: [{ cell, nonce: '', verdict, report: undefined, ...arrived }],
    ...sound,
  };
};

test('a change that takes 120 ms is measured, and its leak', async () => {
  const since = performance.now();
  const result = await converge({
    since,
    budgetMs: 5_000,
    round: network((ms) => (ms < 120 ? 'allowed' : 'dropped'), 300, since),
  });
  assert.equal(result.held, true);
  assert.ok(result.convergenceMs >= 120 && result.convergenceMs < 700, `${result.convergenceMs}`);
  assert.ok(result.leakMs >= 50 && result.leakMs < 125, `${result.leakMs}`);
  // 1 s of rounds and the timeout of the last one, not one timeout per round
  assert.ok(result.stableMs >= 1_300 && result.stableMs < 4_000, `${result.stableMs}`);
});

test('a flicker begins the count anew', async () => {
  const since = performance.now();
  const flickers = (ms: number) => (ms > 450 && ms < 700 ? 'leaked' : 'dropped');
  const result = await converge({ since, budgetMs: 5_000, round: network(flickers, 50, since) });
  assert.equal(result.held, true);
  assert.ok(result.convergenceMs >= 700, `${result.convergenceMs}`);
  assert.ok(result.leakMs > 450 && result.leakMs < 700, `${result.leakMs}`);
});

test('what never converges ends with the budget', async () => {
  const since = performance.now();
  const result = await converge({ since, budgetMs: 600, round: network(() => 'allowed', 50, since) });
  assert.equal(result.held, false);
  assert.ok(performance.now() - since < 2_000);
});

test('what is right when the budget ends has come in time if it holds; what comes later has not', async () => {
  const followed = (verdictAt: (ms: number) => Verdict) => {
    const since = performance.now();
    return converge({ since, budgetMs: 1_000, round: network(verdictAt, 50, since) });
  };
  const [inTime, late, again] = await Promise.all([
    followed((ms) => (ms < 500 ? 'allowed' : 'dropped')),
    followed((ms) => (ms < 1_100 ? 'allowed' : 'dropped')),
    followed((ms) => (ms < 500 || ms > 1_200 ? 'allowed' : 'dropped')),
  ]);
  assert.ok(inTime.held && inTime.convergenceMs >= 500 && inTime.convergenceMs < 1_000, `${inTime.convergenceMs}`);
  assert.deepEqual([late.held, late.undecided], [false, false]);
  assert.deepEqual([again.held, again.undecided], [false, false]);
});

test('a lost agent ends it at once', async () => {
  const since = performance.now();
  const round = () => Promise.reject(new BrokenError('lost'));
  await assert.rejects(converge({ since, budgetMs: 5_000, round }), BrokenError);
  assert.ok(performance.now() - since < 500);
});

test('streaks are counted in launch order, whatever comes in first', () => {
  const rounds = [true, false, undefined, true].map((right, launchedAt) => ({ launchedAt, right }));
  assert.deepEqual(streakOf(rounds), { from: 2, to: 3, count: 2, known: false });
  assert.equal(streakOf([{ launchedAt: 0, right: false }]), undefined);
});

test('a control ends with its first right round, whatever still runs', async () => {
  const began = performance.now();
  const cleared = { ...cell, expected: 'allowed' as const };
  const round = async (): Promise<Round> => {
    const launchedAt = performance.now();
    const right = launchedAt - began > 50;
    await delay(right ? 5 : 2_000);
    return {
      launchedAt,
      endedAt: performance.now(),
      right,
      seen: 'dropped',
      ...sound,
      results: [{ cell: cleared, nonce: '', verdict: right ? 'allowed' : 'dropped', report: undefined }],
    };
  };
  assert.equal((await control(5_000, round)).seen, undefined);
  assert.ok(performance.now() - began < 1_500);
});

test('a control that never comes true says what it saw', async () => {
  const round = async (): Promise<Round> => {
    const launchedAt = performance.now();
    return { launchedAt, endedAt: launchedAt, right: false, seen: 'dropped', results: [], ...sound };
  };
  const { seen, undecided } = await control(150, round);
  assert.deepEqual({ seen, undecided }, { seen: 'dropped', undecided: false });
});

/** Rounds one by one, each as its turn says; the last turn goes on. */
function rounds(...turns: Partial<Round>[]) {
  let i = 0;
  return async (): Promise<Round> => {
    const launchedAt = performance.now();
    const turn = turns[Math.min(i++, turns.length - 1)] as Partial<Round>;
    await delay(5);
    const { right = true } = turn;
    const verdict = right ? 'dropped' : 'allowed';
    return {
      ...{ launchedAt, endedAt: performance.now(), right, seen: verdict, ...sound },
      results: [{ cell, nonce: '', verdict, report: undefined }],
      ...turn,
    };
  };
}
const voided: Partial<Round> = { isVoid: true, stood: { who: 'database', ms: 900 } };
const quick = { since: 0, stableMs: 50, schedule: { first: [0], then: 20 } };

test('void rounds are neither right nor wrong, however many there are', async () => {
  const result = await converge({ ...quick, budgetMs: 2_000, round: rounds(voided, voided, {}, voided, {}) });
  assert.equal(result.held, true);
  assert.ok(result.looks.sound >= 3 && result.looks.void === 3, JSON.stringify(result.looks));
  assert.deepEqual(result.looks.stood.who, 'database');
  assert.equal(result.disturbed, true);
});

test('with void rounds alone nothing is decided, and the budget is stretched to five times its length', async () => {
  const began = performance.now();
  const result = await converge({ ...quick, budgetMs: 100, round: rounds({ ...voided, right: true }) });
  assert.deepEqual([result.held, result.undecided, result.looks.sound], [false, true, 0]);
  assert.ok(performance.now() - began >= 490);
});

test('a wrong round ends it at once where nothing is under way', async () => {
  const began = performance.now();
  const result = await converge({ ...quick, late: 'nothing', budgetMs: 30_000, round: rounds({ right: false }, {}) });
  assert.deepEqual([result.held, result.undecided], [false, false]);
  assert.ok(performance.now() - began < 10_000);
});

test('after a disturbance what is denied stays denied at every look; what is allowed may be late', async () => {
  const cleared = { ...cell, expected: 'allowed' as const };
  const late = rounds(
    { right: false, results: [{ cell: cleared, nonce: '', verdict: 'dropped', report: undefined }] },
    {},
  );
  const open = rounds({ right: false, results: [{ cell, nonce: '', verdict: 'leaked', report: undefined }] }, {});
  const follow = (round: () => Promise<Round>) => converge({ ...quick, late: 'allowed', budgetMs: 5_000, round });
  assert.equal((await follow(late)).held, true);
  assert.equal((await follow(open)).held, false);
});
