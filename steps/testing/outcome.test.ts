import { AssertionError } from 'node:assert';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BrokenError, judged, mediaTypes, SkipError } from '../outcome.ts';

/** Runs code as a step of a scenario that notes what is attached. */
async function step(code: () => unknown) {
  const attached: unknown[] = [];
  const world = { attach: (body: string, mediaType: string) => attached.push([mediaType, JSON.parse(body)]) };
  const result = await Promise.resolve(judged(code).call(world as never)).catch((error: Error) => error);
  return { result, attached };
}

test('a failed assertion fails, and nothing else does', async () => {
  const { result, attached } = await step(() => assert.equal(1, 2));
  assert.ok(result instanceof AssertionError);
  assert.deepEqual(attached, []);
});

test('whatever else is thrown breaks the scenario, whoever threw it', async () => {
  for (const error of [new BrokenError('lost'), new TypeError('lost'), new Error('lost')]) {
    const { result, attached } = await step(() => Promise.reject(error));
    assert.ok(result instanceof BrokenError);
    assert.deepEqual(attached, [[mediaTypes.outcome, { status: 'broken', reason: 'lost' }]]);
  }
});

test('SkipError skips, with its reason', async () => {
  const { result, attached } = await step(() => {
    throw new SkipError('one node');
  });
  assert.equal(result, 'skipped');
  assert.deepEqual(attached, [[mediaTypes.outcome, { status: 'skipped', reason: 'one node' }]]);
});

test('the number of parameters is kept: cucumber counts them', () => {
  assert.equal(judged((_one: unknown, _two: unknown) => undefined).length, 2);
});
