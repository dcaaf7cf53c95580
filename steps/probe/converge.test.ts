import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { BrokenError } from '../outcome.ts';
import { cadence } from '../waits.ts';
import type { Agent, Cell } from './cell.ts';
import { Clock } from './clock.ts';
import { control, converge, streakOf } from './converge.ts';
import type { Round } from './round.ts';
import { harness, Still, watchHarness } from './still.ts';
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

/** When a round began, in ms since the change, and whether it was right. */
interface Launch {
  ms: number;
  right: boolean;
}

/**
 * Rounds over a network that answers `verdictAt`, by the time of launch and the number of the round; a denied cell
 * takes `timeoutMs`. Its clock stands while this process does, as that of budgets. It says when they began, and how
 * many ran at once: no test bounds what a machine takes.
 */
function network(verdictAt: (ms: number, number: number) => Verdict, timeoutMs: number) {
  const since = performance.now();
  const launches: Launch[] = [];
  const most = { running: 0, atOnce: 0 };
  const round = async (): Promise<Round> => {
    const launchedAt = performance.now();
    const ms = launchedAt - since;
    watchHarness();
    const verdict = verdictAt(ms - harness.sum(since, launchedAt), launches.length);
    const right = satisfies(verdict, 'denied');
    launches.push({ ms, right });
    most.atOnce = Math.max(most.atOnce, ++most.running);
    if (right) await delay(timeoutMs);
    most.running -= 1;
    const arrived = right ? {} : { arrivedAt: launchedAt };
    const results = [{ cell, nonce: '', verdict, report: undefined, ...arrived }];
    return { launchedAt, endedAt: performance.now(), right, seen: '', results, ...sound };
  };
  const lastWrong = () => launches.findLast(({ right }) => !right)?.ms ?? Number.NaN;
  const firstRight = () => launches.find(({ ms, right }) => right && ms > lastWrong())?.ms ?? Number.NaN;
  return { since, round, launches, most, lastWrong, firstRight };
}

test('a change that takes 120 ms is measured, and its leak', async () => {
  const seen = network((ms, number) => (ms < 120 || number === 0 ? 'allowed' : 'dropped'), 300);
  const result = await converge({ ...seen, budgetMs: 60_000 });
  assert.equal(result.held, true);
  assert.ok(
    result.convergenceMs >= seen.lastWrong() && result.convergenceMs <= seen.firstRight(),
    `${result.convergenceMs}`,
  );
  assert.ok(result.convergenceMs >= 120 || seen.launches[1]?.right, `${result.convergenceMs}`);
  assert.ok(Math.abs(result.leakMs - seen.lastWrong()) < 1, `${result.leakMs}`);
  // 1 s of rounds and the timeout of the last one, not one timeout per round
  assert.ok(result.stableMs >= 1_300, `${result.stableMs}`);
  assert.ok(seen.most.atOnce > 1);
});

test('a flicker begins the count anew', async () => {
  const seen = network((_, number) => (number >= 3 && number < 6 ? 'leaked' : 'dropped'), 50);
  const result = await converge({ ...seen, budgetMs: 60_000 });
  assert.equal(result.held, true);
  assert.ok(
    result.convergenceMs >= seen.lastWrong() && result.convergenceMs <= seen.firstRight(),
    `${result.convergenceMs}`,
  );
  assert.ok(Math.abs(result.leakMs - seen.lastWrong()) < 1, `${result.leakMs}`);
});

test('what never converges ends with the budget', async () => {
  const seen = network(() => 'allowed', 50);
  const result = await converge({ ...seen, budgetMs: 600 });
  assert.deepEqual([result.held, result.undecided], [false, false]);
  const { first, then } = cadence.dense;
  const most = first.length + Math.ceil((performance.now() - seen.since) / then);
  assert.ok(seen.launches.length <= most, `${seen.launches.length}, and not ${most}`);
});

test('what is right when the budget ends has come in time if it holds; what comes later has not', async () => {
  const followed = async (verdictAt: (ms: number) => Verdict) => {
    const seen = network(verdictAt, 50);
    return { seen, result: await converge({ ...seen, budgetMs: 4_000, stableMs: 4_500 }) };
  };
  const [inTime, late, again] = await Promise.all([
    followed((ms) => (ms < 500 ? 'allowed' : 'dropped')),
    followed((ms) => (ms < 8_000 ? 'allowed' : 'dropped')),
    followed((ms) => (ms < 500 || ms > 4_200 ? 'allowed' : 'dropped')),
  ]);
  assert.equal(inTime.result.held, true);
  assert.ok(inTime.result.convergenceMs <= inTime.seen.firstRight(), `${inTime.result.convergenceMs}`);
  assert.deepEqual([late.result.held, late.result.undecided], [false, false]);
  assert.deepEqual([again.result.held, again.result.undecided], [false, false]);
});

test('a lost agent ends it at once', async () => {
  let asked = 0;
  const round = () => {
    asked += 1;
    return Promise.reject(new BrokenError('lost'));
  };
  await assert.rejects(converge({ since: performance.now(), budgetMs: 5_000, round }), BrokenError);
  assert.ok(asked <= 10, `${asked}`);
});

test('streaks are counted in launch order, whatever comes in first', () => {
  const rounds = [true, false, undefined, true].map((right, launchedAt) => ({ launchedAt, right }));
  assert.deepEqual(streakOf(rounds), { from: 2, to: 3, count: 2, known: false });
  assert.equal(streakOf([{ launchedAt: 0, right: false }]), undefined);
});

test('a control ends with its first right round, whatever still runs', async () => {
  const cleared = { ...cell, expected: 'allowed' as const };
  let asked = 0;
  const round = async (): Promise<Round> => {
    const launchedAt = performance.now();
    const right = ++asked > 3;
    // nobody waits for those that came too early
    if (!right) await new Promise(() => {});
    return {
      launchedAt,
      endedAt: performance.now(),
      right,
      seen: 'dropped',
      ...sound,
      results: [{ cell: cleared, nonce: '', verdict: right ? 'allowed' : 'dropped', report: undefined }],
    };
  };
  assert.equal((await control(60_000, round)).seen, undefined);
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
  const result = await converge({ ...quick, late: 'nothing', budgetMs: 30_000, round: rounds({ right: false }, {}) });
  assert.deepEqual([result.held, result.undecided], [false, false]);
  assert.ok(result.rounds <= 10, `${result.rounds}`);
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
