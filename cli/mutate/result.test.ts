import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fateOf } from './result.ts';
import { firstSentence } from './scenarios.ts';
import { aRun, aScenario } from './testing.ts';

const promises = new Map([['b', { promise: 'Addresses in the block are let through.' }]]);

test('a scenario that failed kills, and says what it saw and what was promised', () => {
  const run = aRun([aScenario('a', 'passed'), aScenario('b', 'failed', 'visitor -> database: allowed')], {
    interrupted: true,
  });
  const { fate, killers, judged } = fateOf(run, '', promises);
  assert.equal(fate, 'killed');
  assert.equal(judged, 2);
  assert.deepEqual(killers, [
    {
      id: 'b',
      feature: 'Address blocks',
      name: 'b',
      reason: 'visitor -> database: allowed',
      promise: 'Addresses in the block are let through.',
    },
  ]);
});

test('what broke or was skipped has seen nothing: no kill, and no survival either', () => {
  const broken = fateOf(aRun([aScenario('a', 'passed'), aScenario('b', 'broken', 'the agent is lost')]), '', promises);
  assert.deepEqual([broken.fate, broken.reason], ['broken', 'b was broken: the agent is lost']);
  const skipped = fateOf(aRun([aScenario('b', 'skipped', 'needs two nodes')]), '', promises);
  assert.deepEqual([skipped.fate, skipped.reason], ['broken', 'b was skipped: needs two nodes']);
  assert.equal(fateOf(aRun([]), 'ended with 3', promises).reason, 'ended with 3');
  const none = fateOf(undefined, 'its run ended with 3: no cluster', promises);
  assert.deepEqual([none.fate, none.reason], ['broken', 'its run ended with 3: no cluster']);
  assert.equal(fateOf(aRun([aScenario('a', 'passed')], { problems: ['a hook broke'] }), '', promises).fate, 'broken');
});

test('it survives when all of its scenarios have passed', () => {
  const { fate, reason } = fateOf(aRun([aScenario('a', 'passed'), aScenario('b', 'passed')]), '', promises);
  assert.deepEqual([fate, reason], ['survived', '2 of its scenarios passed']);
});

test('a run that was cut short before anything failed is interrupted', () => {
  assert.equal(fateOf(aRun([aScenario('a', 'passed')], { interrupted: true }), '', promises).fate, 'interrupted');
});

test('a promise is the first sentence, on one line', () => {
  assert.equal(
    firstSentence('  Names, see kubernetes.io/name:\n  they hold. More.'),
    'Names, see kubernetes.io/name: they hold.',
  );
  assert.equal(firstSentence('no full stop'), 'no full stop');
});
