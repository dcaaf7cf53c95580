import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { conditions, stand } from './contention/conditions.ts';
import { disturb } from './contention/stops.ts';
import { read, treeOf } from './processes.ts';
import { type How, netvet } from './suite.ts';

const place = mkdtempSync(join(tmpdir(), 'netvet-bench-'));
after(() => rmSync(place, { recursive: true }));

/** A checkout whose netvet is this program; `report` is where its results have to go. */
function fake(name: string, program: string): Pick<How, 'checkout' | 'report'> {
  const checkout = join(place, name);
  mkdirSync(join(checkout, 'cli'), { recursive: true });
  writeFileSync(join(checkout, 'cli/netvet.js'), `const report = process.argv.at(-1);\n${program}`);
  return { checkout, report: join(checkout, 'report') };
}
const stateOf = (pid: number) => read(`/proc/${pid}/stat`).split(') ').at(-1)?.[0];

test('a run is what its run.json says, with its time on processors; one without is told with its last words', async () => {
  const { signal } = new AbortController();
  const good = fake(
    'good',
    `while (process.cpuUsage().user < 100_000);
    require('node:fs').writeFileSync(report + '/run.json', JSON.stringify({ scenarios: [{ id: 'a', status: 'passed' }] }));
    console.log('noise\\n{"passed":1}');`,
  );
  const { scenarios, said, cpuMs } = await netvet(['run'], { ...good, signal });
  assert.deepEqual({ scenarios, said }, { scenarios: [{ id: 'a', status: 'passed' }], said: '{"passed":1}' });
  assert.ok(cpuMs >= 90, `${cpuMs} ms`);
  const bad = await netvet(['run'], { ...fake('bad', `console.error('no k6');`), signal });
  assert.deepEqual([bad.scenarios, bad.problems], [undefined, ['there is no run.json: no k6']]);
});

test('everything below a run is stopped and goes on, and an end of the benchmark ends the run in order', {
  timeout: 60_000,
}, async () => {
  const stop = new AbortController();
  const how = fake(
    'stopped',
    `require('node:child_process').spawn('sleep', ['300']);
    process.on('SIGINT', () => { require('node:fs').writeFileSync(report + '/ended', ''); process.exit(); });
    console.error('ready');`,
  );
  const run = netvet(['run'], {
    ...how,
    signal: stop.signal,
    async during(child) {
      const { signal } = new AbortController();
      assert.ok(child.stderr);
      await once(child.stderr, 'data');
      const tree = treeOf(child.pid);
      const until = async (states: RegExp) => {
        while (!tree.every((pid) => states.test(stateOf(pid) ?? ''))) await delay(5);
      };
      const stopped = Promise.withResolvers<void>();
      const disturbed = disturb(child.pid, 'everything', [0], Math.random, signal, () => stopped.resolve());
      await stopped.promise;
      await until(/T/);
      assert.equal(await disturbed, 1);
      await until(/[SR]/);
      stop.abort();
    },
  });
  await assert.rejects(run, { name: 'AbortError' });
  assert.equal(readFileSync(join(how.report, 'ended'), 'utf8'), '');
});

test('loops are there as long as their condition', () => {
  const before = treeOf(process.pid).length;
  {
    using _ = stand({ name: 'two', loops: 2 });
    assert.equal(treeOf(process.pid).length, before + 2);
  }
  assert.deepEqual(
    conditions.map(({ loops, quota }) => loops ?? quota ?? 0),
    [0, 2, 8, 1, 0.6, 0.3],
  );
});

test('a quota is a group that the command joins, and that goes with the condition', async (t) => {
  using quota = stand({ name: 'half', quota: 0.5 });
  if (quota.skipped !== undefined) {
    t.skip(quota.skipped);
    return;
  }
  const how = fake(
    'quota',
    `console.error(require('node:fs').readFileSync('/proc/self/cgroup', 'utf8').match(/netvet-bench-\\w+/)[0]);`,
  );
  const { problems } = await netvet(['run'], { ...how, before: quota.before, signal: new AbortController().signal });
  assert.match(problems[0] ?? '', /netvet-bench-/);
});
