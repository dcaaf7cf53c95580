/** What a network or an agent could once get away with: each is told now. */

import { AssertionError } from 'node:assert';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Actor } from '../actor.ts';
import { orFault } from '../fault.ts';
import type { Kube } from '../kube/index.ts';
import { BrokenError } from '../outcome.ts';
import { hasHeard, neverHeard } from '../policies/first-moment.ts';
import type { Cell } from '../probe/cell.ts';
import type { AttemptReport } from '../probe/index.ts';
import { runRound } from '../probe/round.ts';
import { steadyAccount } from '../probe/steady.ts';
import { answers } from '../services/answers.ts';
import { expectNothing, expectResolves } from '../services/names.ts';
import { clientThat, fakeActor, fakeWorld, listener, now, type Script, serverThat } from './fakes.ts';

test('a connection that fails for a moment, while nothing is under way, fails at once', async () => {
  let asked = 0;
  const { world } = fakeWorld([], { changeMs: 30_000 });
  const flicker = async () => ({ right: asked++ > 0, seen: 'nothing' });
  await assert.rejects(world.looking.follow('it answers', flicker), AssertionError);
  assert.ok(asked <= 10, `${asked} looks`);
  await world.change(async () => {});
  asked = 0;
  await world.looking.follow('it answers', flicker);
});

test('whoever looks later than others may find the last change late, and whoever has seen it may not', async () => {
  const { world, attached } = fakeWorld([], { changeMs: 30_000 });
  const lateBy = (looks: number) => {
    let asked = 0;
    return async () => ({ right: asked++ >= looks, seen: 'nothing' });
  };
  await world.change(async () => {});
  await world.looking.follow('a name resolves', lateBy(2));
  await world.looking.follow('another node has heard too', lateBy(2));
  await assert.rejects(world.looking.follow('a name resolves', lateBy(1)), AssertionError);
  assert.equal(attached.length, 2, 'both are measured');
  // what is late after the budget is wrong, whoever looks
  world.changedAt -= 30_000;
  await assert.rejects(world.looking.follow('a third', lateBy(1)), AssertionError);
});

test('a cell that was right is followed no further, and one beside it is', async () => {
  let [seen, fresh] = [0, 2];
  const { world } = fakeWorld([], { changeMs: 30_000 });
  // no policy is asked for to say why
  Object.defineProperty(world.worker, 'kube', { value: {} });
  const server = fakeActor(
    'server',
    serverThat(() => true),
  );
  const client = fakeActor('client', {
    probe: ({ attempts }) => ({
      reports: attempts.map(({ nonce, port }) => ({
        nonce,
        outcome: (port === 8080 ? seen-- : fresh--) > 0 ? 'refused' : 'connected',
        micros: 5_000,
        at: now(),
      })),
    }),
  });
  const cellOf = (port: number): Cell => {
    const servers = [{ agent: server, listener: { ...listener, port } }];
    return { from: client, to: { name: 'server', host: '10.0.0.9', ...listener, port, servers }, expected: 'allowed' };
  };
  await world.change(async () => {});
  await world.expectCells([cellOf(8080)]);
  await world.expectCells([cellOf(8080), cellOf(9090)]);
  seen = 1;
  await assert.rejects(world.expectCells([cellOf(8080), cellOf(9090)]), /8080.TCP should be allowed/);
});

test('Pods that start, and nodes that come back, may find what is allowed late; policies may not', async () => {
  const { world } = fakeWorld([]);
  assert.equal(world.late, 'nothing');
  await world.disturb(async () => {});
  assert.equal(world.late, 'allowed');
  await world.change(async () => {});
  await world.disturb(async () => {});
  assert.equal(world.late, 'all');
});

test('each backend of a target vouches for itself: one that lives does not for one that is dead', async () => {
  const client = fakeActor('client', clientThat('timeout'));
  const dead = fakeActor(
    'dead',
    serverThat(() => false, false),
  );
  const live = fakeActor(
    'live',
    serverThat(() => false),
  );
  const to = { name: 'Service', host: '10.0.0.9', ...listener };
  const verdicts = async (...agents: (typeof live)[]) => {
    const servers = agents.map((agent) => ({ agent, listener }));
    const cell: Cell = { from: client, to: { ...to, servers }, expected: 'denied' };
    return (await runRound([cell], 100)).results.map(({ verdict }) => verdict);
  };
  assert.deepEqual(await verdicts(live, live), ['dropped']);
  assert.deepEqual(await verdicts(live, dead), ['unserved']);
});

test('a nonce that comes after it was taken for dropped is a leak, at the latest when the scenario ends', async () => {
  let isLate = false;
  const client = fakeActor('client', clientThat('timeout'));
  const server = fakeActor(
    'server',
    serverThat(() => isLate),
  );
  const { world } = fakeWorld([client, server]);
  const to = { name: 'server', host: '10.0.0.1', ...listener, servers: [{ agent: server, listener }] };
  await world.expectCells([{ from: client, to, expected: 'denied' }], '');
  await world.looking.expectNothingLate();
  isLate = true;
  await assert.rejects(
    world.looking.expectNothingLate(),
    /client -> server:8080\/TCP should be denied.*it arrived late, \d+ ms/,
  );
});

test('answers of a stale Pod with the same name are those of another one', async () => {
  const report = { nonce: '', outcome: 'connected', server: 'pod-web', micros: 1, at: 0 } as const;
  const ids = ['id of web', 'somebody else'];
  const client = fakeActor('client', { spread: () => ({ reports: ids.map((id) => ({ ...report, id })) }) });
  const { world } = fakeWorld([client, fakeActor('web')]);
  const to = { name: 'web', host: '10.0.0.9', ...listener, servers: [] };
  assert.deepEqual(
    [...(await answers(world, 'client', to, 2))],
    [
      ['web', 1],
      ['another pod-web', 1],
    ],
  );
});

test('a look in which an agent stood still is done again; when all are void the scenario is broken', async () => {
  const agent = fakeActor('database');
  const { world, attached } = fakeWorld([agent], { changeMs: 60_000 });
  let looks = 0;
  const standing = (times: number) => async () => {
    const at = now();
    await new Promise((done) => setTimeout(done, 5));
    if (looks++ < times) agent.channel.still.note(at - 900, at + 100);
    while (now() < at + 105) await new Promise((done) => setTimeout(done, 5));
    return looks;
  };
  // where this process stands still too, that is done again as well
  assert.ok((await world.looking.once(100, standing(2))) >= 3);
  world.looking.report();
  looks = 0;
  const short = fakeWorld([agent], { changeMs: 100 });
  const began = now();
  const sentence = /the machine was too busy to tell: database stood still for \d+ ms, .*--parallel 1/;
  await assert.rejects(short.world.looking.once(100, standing(Number.POSITIVE_INFINITY)), (error: Error) => {
    assert.ok(error instanceof BrokenError);
    assert.match(error.message, sentence);
    return true;
  });
  // five times the budget, void looks and all
  assert.ok(now() - began >= 490, `${now() - began} ms`);
  short.world.looking.report();
  const [first, second] = [...attached, ...short.attached] as { sound: number; void: number; who: string }[];
  assert.ok(first?.sound === 1 && first.void >= 2 && first.who === 'database', JSON.stringify(first));
  assert.ok(second?.sound === 0 && second.void >= 1 && second.who === 'database', JSON.stringify(second));
});

test('whoever must be heard goes on dialling: late is a figure, and never is a failure', async () => {
  let asked = 0;
  const arrival = { nonce: 'x', from: '', fromPort: 1, ...listener, at: now() };
  const hears = (from: number): Script => ({ arrivals: () => ({ arrivals: asked++ >= from ? [arrival] : [] }) });
  const client = fakeActor('client', { hello: () => ({ startedAt: 0 }) as never, dialled: () => ({ reports: [] }) });
  const late = fakeWorld([client, fakeActor('server', hears(5))]);
  late.world.notes.set('dial client', { prefix: 'x', listeners: [] });
  await hasHeard(late.world, 'server', 'client');
  assert.ok(late.attached.length === 1);
  const deaf = fakeWorld([client, fakeActor('server', hears(Number.POSITIVE_INFINITY))]);
  deaf.world.notes.set('dial client', { prefix: 'x', listeners: [] });
  await assert.rejects(
    hasHeard(deaf.world, 'server', 'client'),
    /dialled server from its start on, and nothing arrived/,
  );
});

test('an intruder that reaches nobody has no network, and is not taken for isolated', async () => {
  const report = { nonce: 'x.0', outcome: 'timeout', micros: 1, at: 0 } as const;
  const dialled: Script = { dialled: () => ({ reports: [report] }) };
  const server: Script = { ...serverThat(() => false), arrivals: () => ({ arrivals: [] }) };
  const others = (arrives: boolean) => [
    fakeActor('server', server),
    fakeActor(
      'other',
      serverThat(() => arrives),
    ),
  ];
  const cut = fakeWorld([fakeActor('intruder', { ...dialled, ...clientThat('timeout') }), ...others(false)]);
  const judge = ({ world }: typeof cut) => {
    world.notes.set('dial intruder', { prefix: 'x', listeners: [listener] });
    return neverHeard(world, 'server', 'intruder', 'other', 'it reaches');
  };
  await assert.rejects(judge(cut), /intruder -> other:8080\/TCP should be allowed/);
  const intruder = fakeActor('intruder', { ...dialled, ...clientThat('connected') });
  await judge(fakeWorld([intruder, ...others(true)]));
  // one whose listener has ended hears nobody
  const [, other] = others(true) as [Actor, Actor];
  const deaf = fakeActor('server', { ...server, ...serverThat(() => false, false) });
  await assert.rejects(judge(fakeWorld([intruder, deaf, other])), /server does not hear at 8080\/TCP any more/);
});

test('a resolver that fails proves no name absent, nor does one that answers prove that DNS is closed', async () => {
  const resolver = (reply: { records: string[]; errno?: string }, control = ['10.96.0.1']): Script => ({
    hello: () => ({ search: ['svc.cluster.local'] }) as never,
    resolve: ({ name }) => (name.startsWith('kubernetes.') ? { records: control, micros: 1 } : { micros: 1, ...reply }),
  });
  const absent = (script: Script) => expectNothing(fakeWorld([fakeActor('client', script)]).world, 'client', 'data');
  await absent(resolver({ records: [], errno: 'ENOTFOUND' }));
  await absent(resolver({ records: [], errno: 'ENODATA' }));
  await assert.rejects(absent(resolver({ records: [], errno: 'ESERVFAIL' })), AssertionError);
  await assert.rejects(absent(resolver({ records: [], errno: 'ETIMEOUT' })), AssertionError);
  await assert.rejects(absent(resolver({ records: [], errno: 'ENOTFOUND' }, [])), /does not even find kubernetes/);

  const closed = (script: Script) => {
    const other = fakeActor('other', resolver({ records: ['10.96.0.7'] }));
    const { world } = fakeWorld([fakeActor('client', script), other]);
    world.namespaces.set('shop', 'n');
    return expectResolves(world, 'client', 'data', false);
  };
  await closed(resolver({ records: [], errno: 'ETIMEOUT' }));
  await assert.rejects(closed(resolver({ records: [], errno: 'ENOTFOUND' })), AssertionError);
});

test('a Pod without network fails its scenario with the kubelet’s words; the suite’s faults break it', async () => {
  const pod = (state: object) => ({
    metadata: { name: 'p' },
    spec: {},
    status: { containerStatuses: [{ name: 'c', image: 'i', restartCount: 3, state }] },
  });
  const kube = (state: object, reason: string) => {
    const event = { type: 'Warning', reason, message: 'plugin failed', involvedObject: { name: 'p' }, metadata: {} };
    return { list: async ({ kind }: { kind: string }) => [kind === 'Event' ? event : pod(state)] } as unknown as Kube;
  };
  const waited = () => Promise.reject(new BrokenError('waited 120 s'));
  const outcome = (each: Kube) => orFault(each, 'n', waited(), ['p']).catch((error: Error) => error);
  const failed = await outcome(kube({}, 'FailedCreatePodSandBox'));
  assert.ok(failed instanceof AssertionError);
  assert.match(failed.message, /waited 120 s; events: p FailedCreatePodSandBox: plugin failed/);
  assert.ok((await outcome(kube({ waiting: { reason: 'CrashLoopBackOff' } }, 'BackOff'))) instanceof AssertionError);
  assert.ok((await outcome(kube({}, 'FailedScheduling'))) instanceof BrokenError);
  const image = kube({ waiting: { reason: 'ImagePullBackOff' } }, 'Failed');
  assert.ok((await outcome(image)) instanceof BrokenError);
});

test('steady traffic: a gap is judged; losses while somebody stood still are unknown, refusals never', () => {
  const report = (at: number, outcome: AttemptReport['outcome'], ms = 1, stoodMs = 0): AttemptReport => ({
    ...{ nonce: '', outcome, micros: ms * 1_000, at },
    ...(stoodMs > 0 && { stoodMs }),
  });
  const client = fakeActor('client');
  const server = fakeActor('server');
  const account = (...reports: AttemptReport[]) => steadyAccount(client, [server], reports, 950);
  const { gap, lost } = account(report(0, 'connected'), report(20, 'connected', 900), report(1_000, 'connected'));
  assert.deepEqual([Math.round(gap.ms), lost.length], [919, 0]);
  const paused = account(report(0, 'connected'), report(20, 'timeout', 1_000, 700), report(20, 'refused', 1, 700));
  assert.deepEqual([paused.unknown.length, paused.lost.map(({ outcome }) => outcome)], [1, ['refused']]);
  server.channel.still.note(5_000, 5_800);
  const still = account(report(4_990, 'connected', 5), report(5_000, 'timeout', 1_000), report(5_900, 'connected', 1));
  assert.deepEqual([still.unknown.length, still.lost.length], [1, 0]);
  assert.ok(still.gap.ms < 120, String(still.gap.ms));
  // a server that gave up waiting, while somebody stood still for most of that time
  server.channel.still.note(7_000, 7_300);
  server.channel.still.note(7_400, 7_700);
  client.channel.still.note(7_000, 7_300);
  const own = account(report(6_990, 'connected'), report(7_000, 'error', 800), report(7_000, 'error', 10));
  assert.deepEqual([own.unknown.length, own.lost.length], [1, 1]);
  // a server of pages has no channel, and says it with its answer
  const page = (at: number, ms: number, server: string, ...serverStood: [number, number, number][]) =>
    ({ ...report(at, 'connected', ms), server, serverStood }) as AttemptReport;
  const late = account(report(7_990, 'connected'), page(8_000, 2_100, 'web-1', [8_010, 10_090, 1]));
  assert.deepEqual([late.lost.length, late.stood], [0, { who: 'web-1', ms: 2_080 }]);
  assert.ok(late.gap.ms < 40, String(late.gap.ms));
  // that of one excuses no other
  const other = account(page(8_000, 10_090 - 8_000, 'web-2'), page(10_095, 1, 'web-1', [8_010, 10_090, 1]));
  assert.equal(other.lost.length, 1);
  // answers that were all late tell of one pause, each at another time: it was before the earliest
  const held = [0, 100, 200, 300, 400, 500, 600, 700, 800, 900].map((after) =>
    page(9_000 + after, 1_000 - after, 'web-1', [9_800 - after, 9_900 - after, 7]),
  );
  const stalled = account(page(8_990, 5, 'web-1'), ...held);
  assert.ok(stalled.gap.ms > 900, String(stalled.gap.ms));
  const slow = account(report(0, 'connected'), report(20, 'connected', 960));
  assert.equal(slow.lost.length, 1);
});

test('steady traffic fails by what is lost and by its gaps, and is broken when nobody knows', async () => {
  const client = fakeActor('client', { ping: () => ({ at: now() }) });
  const { world } = fakeWorld([client]);
  const report = (at: number, more: Partial<AttemptReport> = {}): AttemptReport => ({
    ...{ nonce: '', outcome: 'connected', micros: 1_000, at },
    ...more,
  });
  const judge = (...reports: AttemptReport[]) =>
    world.looking.judgeSteady({
      ...{ kind: 'pages', what: 'pages', client, others: [], reports },
      lost: async (lost) => `${lost.length} lost`,
    });
  await judge(report(0), report(299), report(500));
  await assert.rejects(
    judge(report(0), report(301), report(602)),
    /pages: from 0.00 s after .* for \d+ ms, longer than 300/,
  );
  await assert.rejects(judge(report(0), report(100, { outcome: 'refused' })), /1 lost/);
  const paused = { outcome: 'timeout', micros: 50_000, stoodMs: 5_000 } as const;
  await assert.rejects(judge(report(0), report(100, paused), report(200)), BrokenError);
});
