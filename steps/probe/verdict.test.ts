import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from './attempt.ts';
import { type Evidence, satisfies, type Verdict, verdictOf } from './verdict.ts';

const clients: (Outcome | undefined)[] = [
  'connected',
  'timeout',
  'refused',
  'reset',
  'unreachable',
  'unresolved',
  'error',
  undefined,
];
const states = [true, false, undefined];
const all: Evidence[] = clients.flatMap((client) =>
  states.flatMap((arrived) =>
    states.flatMap((alive) => [true, false].map((claimed) => ({ client, arrived, alive, claimed }))),
  ),
);
const verdicts: Verdict[] = ['allowed', 'dropped', 'rejected', 'leaked', 'unserved', 'broken'];

test('denied is satisfied by dropped and rejected and by nothing else', () => {
  assert.deepEqual(
    verdicts.filter((verdict) => satisfies(verdict, 'denied')),
    ['dropped', 'rejected'],
  );
  assert.deepEqual(
    verdicts.filter((verdict) => satisfies(verdict, 'allowed')),
    ['allowed'],
  );
});

test('of all evidence, only an unanswered nonce that a living listener did not see satisfies denied', () => {
  for (const evidence of all) {
    const { client, arrived, alive } = evidence;
    const unanswered = client === 'timeout' || client === 'refused' || client === 'reset' || client === 'unreachable';
    const shouldSatisfy = unanswered && arrived === false && alive === true;
    assert.equal(satisfies(verdictOf(evidence), 'denied'), shouldSatisfy, JSON.stringify({ client, arrived, alive }));
  }
});

test('of all combinations of evidence, only an answer to a nonce that the server saw satisfies allowed', () => {
  for (const evidence of all) {
    const shouldSatisfy = evidence.client === 'connected' && evidence.arrived === true;
    assert.equal(satisfies(verdictOf(evidence), 'allowed'), shouldSatisfy, JSON.stringify(evidence));
  }
});

test('the table', () => {
  const rows: [Outcome | undefined, boolean | undefined, boolean | undefined, Verdict][] = [
    ['connected', true, true, 'allowed'],
    ['connected', true, undefined, 'allowed'],
    ['connected', false, true, 'leaked'],
    ['timeout', false, true, 'dropped'],
    ['timeout', true, true, 'leaked'],
    ['timeout', true, undefined, 'leaked'],
    ['timeout', false, false, 'unserved'],
    ['timeout', false, undefined, 'broken'],
    ['refused', false, true, 'rejected'],
    ['unreachable', false, true, 'rejected'],
    ['reset', false, true, 'rejected'],
    ['reset', true, true, 'leaked'],
    ['refused', false, false, 'unserved'],
    ['unresolved', false, true, 'unserved'],
    ['unresolved', true, true, 'broken'],
    ['error', false, true, 'broken'],
    [undefined, false, true, 'broken'],
    ['timeout', undefined, true, 'broken'],
  ];
  for (const [client, arrived, alive, verdict] of rows)
    assert.equal(verdictOf({ client, arrived, alive, claimed: false }), verdict, `${client} ${arrived} ${alive}`);
  assert.equal(verdictOf({ client: 'connected', arrived: false, alive: true, claimed: true }), 'broken');
});
