import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Run, Scenario, Status } from '../../report/model.ts';
import { notJudged, scenariosWhere, without } from './judged.ts';

const run = (provider: string, results: Record<string, [Status, string?]>): Pick<Run, 'scenarios' | 'cluster'> => ({
  cluster: { provider, kubernetes: 'v1', nodes: 3, kernel: '6' },
  scenarios: Object.entries(results).map(([id, [status, reason]]) => ({ id, status, reason }) as Scenario),
});

test('each scenario that is meant needs a verdict, or a skip that is in the list with its reason', async () => {
  const reboot = 'nodes/a-node-reboots/the-node-s-pods-are-reached-again-and-its-neighbours-never-noticed';
  const kept = 'policies/observed/a-connection-that-is-open-when-a-policy-appears';
  const load = 'load/rolling-update/two-rolling-updates-lose-no-request';
  const unique = 'pods/addresses/addresses-are-unique-in-the-whole-cluster';
  const ids = [reboot, kept, load, unique];
  const meant = await scenariosWhere(({ id }) => ids.includes(id));
  assert.equal(meant.length, 4);
  const systemd = 'node2 is not run by systemd, through which this scenario acts on nodes';
  const fine: Record<string, [Status, string?]> = {
    [reboot]: ['skipped', systemd],
    [kept]: ['observed', 'kept'],
    [load]: ['passed'],
    [unique]: ['failed', 'twice'],
  };
  assert.deepEqual(notJudged(run('embedded', fine), meant), []);
  const lines = (provider: string, more: typeof fine, missing?: string[]) =>
    notJudged(run(provider, { ...fine, ...more }), meant, missing);
  assert.deepEqual(lines('kind', {}), [`${reboot}: skipped ${systemd}`]);
  assert.deepEqual(lines('embedded', { [reboot]: ['skipped', 'too slow'] }), [`${reboot}: skipped too slow`]);
  assert.deepEqual(lines('embedded', { [unique]: ['skipped', systemd] }), [`${unique}: skipped ${systemd}`]);
  assert.deepEqual(lines('embedded', { [kept]: ['skipped', 'no'] }), [`${kept}: skipped no`]);
  assert.deepEqual(lines('embedded', { [unique]: ['broken', 'gone'] }), [`${unique}: broken gone`]);
  const k6 = 'k6 is not installed';
  assert.deepEqual(lines('embedded', { [load]: ['skipped', k6] }), [`${load}: skipped ${k6}`]);
  assert.deepEqual(lines('embedded', { [load]: ['skipped', k6] }, [k6]), []);
  const { [unique]: _, ...rest } = fine;
  assert.deepEqual(notJudged(run('embedded', rest), meant), [`${unique}: not in the run `]);
});

test('scenarios are left out by their tags', async () => {
  const all = await scenariosWhere(() => true);
  const some = await scenariosWhere(without('@more', '@load'));
  assert.ok(some.length < all.length);
  assert.deepEqual(
    all.filter((each) => !some.some(({ id }) => id === each.id)).map(({ id }) => id),
    all.filter(({ tags }) => tags.includes('@more') || tags.includes('@load')).map(({ id }) => id),
  );
});
