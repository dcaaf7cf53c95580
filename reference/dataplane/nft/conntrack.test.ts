import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Run } from '../run.ts';
import { type FlowState, forgetFlows } from './conntrack.ts';

const state = (
  more: { endpoints?: number[]; open?: string[]; hostPorts?: string[]; attached?: Record<string, string> } = {},
): FlowState => ({
  services: { endpoints: new Set(more.endpoints), open: new Set(more.open) },
  hostPorts: new Set(more.hostPorts),
  attached: new Map(Object.entries(more.attached ?? {})),
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
  await forgetFlows(run, before, state({ hostPorts: ['0.0.0.0 53'] }));
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
      hostPorts: ['0.0.0.0 8080', '0.0.0.0 8081'],
    }),
  );
  assert.deepEqual(asked, [
    '-p udp -m 0xc0000002',
    '-p udp -d 10.96.0.11 --orig-port-dst 53 -m 0',
    '-p udp --orig-port-dst 8080 -m 0',
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
