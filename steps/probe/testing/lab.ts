/**
 * Two Pods without Kubernetes: network namespaces joined by a veth pair, an agent in each. Run inside
 * `unshare --user --map-root-user --net --mount`; prints one JSON object of verdicts by case.
 */
import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Operation, Operations } from '../attempt.ts';
import type { Agent, Cell } from '../cell.ts';
import { Clock } from '../clock.ts';
import { runRound } from '../round.ts';
import { Still } from '../still.ts';

const agentFile = join(import.meta.dirname, '..', 'agent', 'main.ts');
const run = (line: string): string => execFileSync('sh', ['-c', line], { encoding: 'utf8' });
const listeners = [
  { protocol: 'TCP' as const, port: 8080 },
  { protocol: 'UDP' as const, port: 8080 },
];

/** An agent and its channel, over pipes where a cluster attaches. */
function startAgent(name: string): Agent & { kill: () => void } {
  const env = { ...process.env, NETVET_NAME: name, NETVET_LISTEN: JSON.stringify(listeners) };
  const agent = spawn('ip', ['netns', 'exec', name, process.execPath, agentFile], { env });
  agent.stderr.pipe(process.stderr);
  const waiting = new Map<number, (reply: { result: never }) => void>();
  createInterface(agent.stdout).on('line', (line) => {
    const reply = JSON.parse(line) as { id: number; result: never };
    waiting.get(reply.id)?.(reply);
  });
  let next = 1;
  const request = <K extends Operation>(op: K, args: Operations[K][0]): Promise<Operations[K][1]> => {
    const id = next++;
    agent.stdin.write(`${JSON.stringify({ id, op, args })}\n`);
    return new Promise((resolve) => waiting.set(id, ({ result }) => resolve(result)));
  };
  const clock = new Clock();
  return { name, channel: { request, clock, still: new Still() }, kill: () => agent.kill('SIGKILL') };
}

run(`mount -t tmpfs none /run
  ip netns add a && ip netns add b && ip link add a0 netns a type veth peer name b0 netns b
  for n in a b; do ip -n $n link set lo up; ip -n $n link set \${n}0 up; done
  ip -n a address add 10.9.0.1/24 dev a0; ip -n b address add 10.9.0.2/24 dev b0`);
const [a, b] = [startAgent('a'), startAgent('b')];
for (const { channel } of [a, b]) {
  await channel.request('hello', {});
  const sentAt = performance.now();
  const { at } = await channel.request('ping', {});
  channel.clock.sample(sentAt, performance.now(), at);
}

const nft = (rules: string) => run(`ip netns exec b nft 'flush ruleset; ${rules}'`);
const chain = (hook: string, rule: string) =>
  `table inet t { chain c { type filter hook ${hook} priority 0; ${rule} }; }`;
const cells = (['TCP', 'UDP'] as const).map((protocol): Cell => {
  const listener = { protocol, port: 8080 };
  const to = { name: 'b', host: '10.9.0.2', ...listener, servers: [{ agent: b, listener }] };
  return { from: a, to, expected: 'allowed' };
});
/** What is answered, by whatever word, ends the look; without an answer it takes its time. */
const look = async (timeoutMs = 60_000) => (await runRound(cells, timeoutMs)).results.map(({ verdict }) => verdict);
/** Long enough for a server on a busy machine to have read what has come. */
const silence = 3_000;

const seen: Record<string, unknown> = {};
seen['nothing in the way'] = await look();
nft(chain('input', 'iifname b0 drop;'));
seen['dropped on the way in'] = await look(silence);
nft(chain('input', 'iifname b0 reject;'));
seen['rejected on the way in'] = await look();
nft(chain('input', 'iifname b0 reject with icmpx type admin-prohibited;'));
seen['prohibited on the way in'] = await look();
nft(chain('output', 'oifname b0 drop;'));
seen['the answer dropped'] = await look(silence);
nft('');
seen['open again'] = await look();
await b.channel.request('unlisten', { protocol: 'TCP', port: 8080 });
await b.channel.request('unlisten', { protocol: 'UDP', port: 8080 });
seen['nobody listens'] = await look();
nft(chain('input', 'iifname b0 drop;'));
seen['nobody listens, and dropped'] = await look(silence);
nft('');
for (const listener of listeners) await b.channel.request('listen', listener);
const hello = await a.channel.request('hello', {});
seen['hello'] = { addresses: hello.addresses, mtu: hello.mtu };
const ports = new Set<number>();
for (let batch = 0; batch < 10; batch += 1) {
  const nonces = Array.from({ length: 150 }, (_, i) => `flow-${batch}-${i}`);
  const attempts = nonces.map((nonce) => ({ nonce, host: '10.9.0.2', port: 8080, protocol: 'UDP' as const }));
  await a.channel.request('probe', { attempts, timeoutMs: 60_000 });
  const { arrivals } = await b.channel.request('witness', { nonces, listeners: [] });
  for (const { fromPort } of arrivals) ports.add(fromPort);
}
seen['flows of 1500 datagrams'] = ports.size;
const request = { host: '10.9.0.2', port: 8080, bytes: 3_000_000, timeoutMs: 60_000 };
const { intact, outcome } = await a.channel.request('transfer', request);
seen['transfer'] = { intact, outcome };
run('ip -n b link set b0 mtu 1400; ip -n a link set a0 mtu 9000');
const big = { nonce: 'big', host: '10.9.0.2', port: 8080, protocol: 'UDP' as const, bytes: 8_000 };
const { reports } = await a.channel.request('probe', { attempts: [big], timeoutMs: 300 });
seen['a datagram that the path cannot take'] = reports[0]?.outcome;
console.log(JSON.stringify(seen));
a.kill();
b.kill();
process.exit(0);
