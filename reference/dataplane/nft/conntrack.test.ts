import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCIDRs } from '../../model/cidr.ts';
import { until } from '../../testing/wait.ts';
import type { Run } from '../run.ts';
import { FlowKeeper, type FlowState } from './conntrack.ts';

const forgetFlows = (run: Run, before: FlowState | undefined, after: FlowState) =>
  new FlowKeeper(run, before).follow(after);

const state = (
  more: {
    endpoints?: number[];
    open?: string[];
    hostPorts?: string[];
    attached?: Record<string, string>;
    ranges?: string[];
  } = {},
): FlowState => ({
  services: { endpoints: new Set(more.endpoints), open: new Set(more.open) },
  hostPorts: new Set(more.hostPorts),
  attached: new Map(Object.entries(more.attached ?? {})),
  ranges: parseCIDRs(more.ranges ?? []),
});

/** A conntrack with these entries; notes what was asked to be deleted. */
function fakeConntrack(entries: string[] = [], say = '0 flow entries have been deleted') {
  const asked: string[] = [];
  const run: Run = async (argv) => {
    if (argv.join(' ') === 'conntrack -L') return { stdout: `${entries.join('\n')}\n`, stderr: '', exitCode: 0 };
    asked.push(argv.slice(2).join(' '));
    return { stdout: 'entry\n', stderr: say, exitCode: 1 };
  };
  return { run, asked };
}

const udp = (source: string, destination: string, port: number, answers: string, mark: number) =>
  `udp      17 29 src=${source} dst=${destination} sport=4000 dport=${port} [UNREPLIED] ` +
  `src=${answers} dst=${source} sport=${port} dport=4000 mark=${mark} use=1`;
const tcp = (source: string, destination: string, mark: number) =>
  `tcp      6 431999 ESTABLISHED src=${source} dst=${destination} sport=4000 dport=80 ` +
  `src=${destination} dst=${source} sport=80 dport=4000 [ASSURED] mark=${mark} use=1`;

test('nothing changed, nothing asked', async () => {
  const { run, asked } = fakeConntrack();
  const same = () => state({ endpoints: [1], open: ['10.96.0.10 53'], attached: { '10.244.1.2': 'a' } });
  assert.deepEqual(await forgetFlows(run, same(), same()), { flows: 0, problems: [] });
  assert.deepEqual(asked, []);
});

test('an endpoint that serves no more, and a Service that opens', async () => {
  const { run, asked } = fakeConntrack();
  await forgetFlows(run, state({ endpoints: [0x40000001] }), state({ open: ['10.96.0.10 53'] }));
  assert.deepEqual(asked, ['-p udp -m 0x40000001', '-p udp -d 10.96.0.10 --orig-port-dst 53 -m 0']);
});

test('an address that changes hands or goes', async () => {
  const { run, asked } = fakeConntrack();
  await forgetFlows(
    run,
    state({ attached: { '10.244.1.2': 'a', '10.244.1.3': 'b' } }),
    state({ attached: { '10.244.1.2': 'new', '10.244.1.3': 'b' } }),
  );
  assert.deepEqual(asked, ['-s 10.244.1.2', '-r 10.244.1.2']);
});

test('of many, only those that have flows', async () => {
  const entries = [
    udp('10.244.1.9', '10.96.0.10', 53, '10.244.2.5', 0x40000002),
    tcp('10.244.1.9', '10.244.1.3', 0),
    'icmp 1 29 src=10.244.1.4 dst=8.8.8.8 type=8 code=0 id=1 ' +
      'src=8.8.8.8 dst=192.168.0.1 type=0 code=0 id=1 mark=0 use=1',
  ];
  const { run, asked } = fakeConntrack(entries);
  const before = state({
    endpoints: [0x40000001, 0x40000002],
    attached: { '10.244.1.2': 'a', '10.244.1.3': 'b', '10.244.1.4': 'c' },
  });
  await forgetFlows(run, before, state({ hostPorts: ['192.168.0.1 53'] }));
  assert.deepEqual(asked, ['-p udp -m 0x40000002', '-r 10.244.1.3', '-s 10.244.1.4']);
});

test('at the start: marks of endpoints that are nobody’s, and flows that should be translated by now', async () => {
  const entries = [
    udp('10.244.1.9', '10.96.0.10', 53, '10.244.2.5', 0x40000001),
    udp('10.244.1.9', '10.96.0.10', 53, '10.244.2.6', 0xc0000002),
    udp('10.244.1.9', '10.96.0.11', 53, '10.96.0.11', 0),
    udp('10.244.1.9', '192.168.0.1', 8080, '192.168.0.1', 0),
    udp('10.244.1.9', '10.96.0.12', 53, '10.244.2.6', 0),
    udp('10.244.1.9', '10.244.2.7', 53, '10.244.2.7', 7),
    tcp('10.244.1.9', '10.244.2.7', 0x40000009),
  ];
  const { run, asked } = fakeConntrack(entries);
  await forgetFlows(
    run,
    undefined,
    state({
      endpoints: [0x40000001],
      open: ['10.96.0.11 53', '10.96.0.12 53'],
      hostPorts: ['192.168.0.1 8080', '192.168.0.1 8081'],
    }),
  );
  assert.deepEqual(asked, [
    '-p udp -m 0xc0000002',
    '-p udp -d 10.96.0.11 --orig-port-dst 53 -m 0',
    '-p udp -d 192.168.0.1 --orig-port-dst 8080 -m 0',
  ]);
});

test('a flow that ends while it is being deleted is no trouble; anything else is reported and not thrown', async () => {
  let tries = 0;
  const run: Run = async () => {
    tries += 1;
    const stderr = tries === 1 ? "Operation failed: such conntrack doesn't exist" : '2 flow entries have been deleted';
    return { stdout: 'entry\n', stderr, exitCode: tries === 1 ? 1 : 0 };
  };
  assert.deepEqual(await forgetFlows(run, state({ endpoints: [1] }), state()), { flows: 2, problems: [] });
  const broken = fakeConntrack([], 'Operation not permitted');
  const { problems } = await forgetFlows(broken.run, state({ endpoints: [1] }), state());
  assert.match(problems.join(), /conntrack -D -p udp -m 0x1\nOperation not permitted/);
});

test('what could not be deleted is tried again, each by itself, until it is gone', async () => {
  const asked: string[] = [];
  let refused = '-s 10.244.1.2';
  const run: Run = async (argv) => {
    const what = argv.slice(2).join(' ');
    asked.push(what);
    const stderr = what === refused ? 'Operation not permitted' : '1 flow entries have been deleted';
    return { stdout: '', stderr, exitCode: 1 };
  };
  const keeper = new FlowKeeper(run, state({ attached: { '10.244.1.2': 'a' } }));
  assert.equal((await keeper.follow(state())).problems.length, 1);
  assert.deepEqual(asked, ['-s 10.244.1.2', '-r 10.244.1.2']);
  assert.deepEqual([keeper.owes('10.244.1.2'), keeper.owes('10.244.1.3')], [true, false]);
  refused = '';
  assert.deepEqual((await keeper.follow(state())).problems, []);
  assert.deepEqual(asked.slice(2), ['-s 10.244.1.2']);
  assert.equal(keeper.owes('10.244.1.2'), false);
  await keeper.follow(state());
  assert.equal(asked.length, 3);
});

test('calls that come while conntrack hangs share one turn, and each of them counts', async () => {
  const asked: string[] = [];
  const waiting: (() => void)[] = [];
  const run: Run = (argv) => {
    asked.push(argv.slice(2).join(' '));
    return new Promise((resolve) => {
      waiting.push(() => resolve({ stdout: '', stderr: '0 flow entries have been deleted', exitCode: 1 }));
    });
  };
  const keeper = new FlowKeeper(run, state({ endpoints: [1] }));
  const first = keeper.follow(state({ endpoints: [2] }));
  await until('it is at work', () => asked.length, Boolean);
  const later = [keeper.follow(state({ endpoints: [3] })), keeper.follow(state({ endpoints: [1] }))];
  assert.equal(later[0], later[1]);
  assert.deepEqual(asked, ['-p udp -m 0x1']);
  waiting.shift()?.();
  await first;
  for (const what of ['-p udp -m 0x2', '-p udp -m 0x3']) {
    await until(
      'it is asked',
      () => asked.at(-1),
      (last) => last === what,
    );
    waiting.shift()?.();
  }
  await Promise.all(later);
  assert.equal(asked.length, 3, 'an endpoint that serves again keeps its flows');
});

test('at the start: flows of addresses of Pods that no Pod has, but not the node’s own', async () => {
  const { run, asked } = fakeConntrack([
    tcp('10.244.1.9', '10.244.2.7', 0),
    tcp('10.244.1.4', '10.244.2.7', 0),
    tcp('10.244.1.0', '10.244.2.7', 0),
    tcp('10.244.2.7', '10.244.1.8', 0),
  ]);
  const started = new FlowKeeper(run);
  assert.equal(started.owes('10.244.1.4'), true, 'nobody has looked yet');
  await started.follow(state({ attached: { '10.244.1.4': 'a' }, ranges: ['10.244.1.0/24'] }));
  assert.deepEqual(asked, ['-s 10.244.1.9', '-r 10.244.1.8']);
  assert.equal(started.owes('10.244.1.4'), false);
});

test('the flows of another node’s Pod that has ended are forgotten, and no address waits for that', async () => {
  const { run, asked } = fakeConntrack();
  const keeper = new FlowKeeper(run, state({ attached: { '10.244.1.2': 'a' } }));
  const turn = keeper.follow(state({ attached: { '10.244.1.2': 'a' } }), ['10.244.2.7']);
  assert.equal(keeper.owes('10.244.1.2'), false);
  await turn;
  assert.deepEqual(asked, ['-s 10.244.2.7', '-r 10.244.2.7']);
});
