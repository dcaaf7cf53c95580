import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cucumber } from '../../report/testing/cucumber.ts';
import { paceCucumber } from './index.ts';

const steps = `import { threadId } from 'node:worker_threads';
import { setParallelCanAssign, When } from '@cucumber/cucumber';
let wasAlone = false;
setParallelCanAssign(({ name }, running) => {
  wasAlone ||= name === 'alone' && running.length === 0;
  if (name.startsWith('after') && !wasAlone) return false;
  return running.length === 0 || (name !== 'alone' && running.every((each) => each.name !== 'alone'));
});
When('{int} Pods start', function (count) { this.attach(String(threadId)); });
When('it meets another one {word}', (place) => new Promise((resolve) => {
  // what was said last in one place is not to be heard in the next
  const channel = new BroadcastChannel('netvet-test-' + place);
  channel.onmessage = () => {
    channel.postMessage('here too');
    channel.close();
    resolve();
  };
  channel.postMessage('here');
}));`;

/** Runs scenarios. Gives back, whenever one began, which ran then; and how many threads there were. */
async function run(sentences: Record<string, string>, most: number) {
  const scenarios = Object.entries(sentences).map(([name, each]) => `  Scenario: ${name}\n    When ${each}\n`);
  // the machine may be busy with something else
  paceCucumber({ most, meter: () => ({ look: () => ({ late: 0 }), stop: () => {} }) });
  const files = { 'features/all.feature': `Feature: all\n${scenarios.join('')}`, 'steps/all.ts': steps };
  const envelopes = await cucumber(files, { parallel: most });
  const pickles = new Map(envelopes.flatMap(({ pickle }) => (pickle ? [[pickle.id, pickle.name]] : [])));
  const cases = new Map(
    envelopes.flatMap(({ testCase }) => (testCase ? [[testCase.id, pickles.get(testCase.pickleId)]] : [])),
  );
  const running = new Map<string, string>();
  const seen: string[][] = [];
  for (const { testCaseStarted, testCaseFinished } of envelopes) {
    if (testCaseFinished) running.delete(testCaseFinished.testCaseStartedId);
    if (!testCaseStarted) continue;
    running.set(testCaseStarted.id, cases.get(testCaseStarted.testCaseId) ?? '');
    seen.push([...running.values()]);
  }
  const threads = new Set(envelopes.flatMap(({ attachment }) => attachment?.body ?? []));
  return { seen, threads: threads.size, passed: envelopes.some((each) => each.testRunFinished?.success) };
}

const [here, there] = ['it meets another one here', 'it meets another one there'];

test('a thread that found nothing is asked again, and what takes many places runs by itself', async () => {
  const scenarios = { one: here, two: here, 'after one': there, 'after two': there, alone: '1 Pods start' };
  const { seen, passed } = await run({ ...scenarios, heavy: '30 Pods start' }, 2);
  assert.ok(passed);
  assert.deepEqual(
    seen.map((running) => running.toSorted()),
    [['heavy'], seen[1] ?? [], ['one', 'two'], ['alone'], seen[4] ?? [], ['after one', 'after two']],
  );
});

test('no thread is started that nothing is there for', async () => {
  const { seen, threads, passed } = await run({ heavy: '30 Pods start', alone: '1 Pods start' }, 6);
  assert.ok(passed);
  assert.deepEqual(seen, [['heavy'], ['alone']]);
  assert.equal(threads, 1);
});
