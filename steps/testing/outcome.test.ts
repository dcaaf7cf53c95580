import { AssertionError } from 'node:assert';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BrokenError, everyOne, judged, mediaTypes, SkipError } from '../outcome.ts';

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

test('at the end of a scenario all is done, and what was seen of the network comes before what broke', async () => {
  const done: string[] = [];
  const work = (name: string, error?: Error) => async () => {
    done.push(name);
    if (error) throw error;
  };
  const [broken, seen] = [new BrokenError('lost'), new AssertionError({ message: 'still closed' })];
  const end = everyOne([work('late'), work('policies', broken), work('Pods', seen)]);
  await assert.rejects(end, (error) => error === seen);
  assert.deepEqual(done, ['late', 'policies', 'Pods']);
  await assert.rejects(
    everyOne([work('late', broken), work('policies', new Error('more'))]),
    (error) => error === broken,
  );
  await everyOne([work('late')]);
});
