import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { succeed } from '../../clusters/embedded/command.ts';
import type { Node } from '../../clusters/embedded/node/index.ts';
import { clientAddress, endpointPort, type Side, sides } from './addresses.ts';
import type { Answers, Task } from './tasks.ts';

const names = Object.keys(sides) as Side[];
const batch = (lines: string[], prefix: string[] = []) =>
  succeed([...prefix, 'ip', '-batch', '-'], { stdin: `${lines.join('\n')}\n` });
const inNamespace = (side: Side) => [`--net=/run/netns/${side}`, '--'];
const inside = (side: Side) => ['nsenter', ...inNamespace(side)];

/** The client and the endpoints, in network namespaces of their own. They stay while nodes come and go. */
export async function makeWorld() {
  await batch(names.map((side) => `netns add ${side}`));
  for (const side of names) {
    // every address of its range is its own
    await batch(['link set lo up', `route add local ${sides[side].range} dev lo`], inside(side));
  }
  await batch(['route add local 10.96.0.0/16 dev lo'], inside('endpoints-a'));
  const listeners = await Promise.all((['endpoints-a', 'endpoints-b'] as const).map(startListener));
  const client = startClient();
  return {
    plugIn,
    unplug,
    ask: client.ask,
    stop(): void {
      for (const child of [...listeners, client.child]) child.kill();
    },
  };
}

export type World = Awaited<ReturnType<typeof makeWorld>>;

let plugged = 0;

/** Before the nodes end. */
async function unplug(): Promise<void> {
  const ways = Array.from({ length: plugged }, (_, way) => way);
  const links = ways.map((way) => `link del ${interfaceOf(way)}`);
  for (const side of names) await batch(links, inside(side));
  const rules = ways.map((way) => `rule del from ${clientAddress(way)} lookup ${tableOf(way)}`);
  await batch(rules, inside('client'));
  plugged = 0;
}

const interfaceOf = (way: number) => `eth${way}`;
/** Of routes in the client's network namespace. */
const tableOf = (way: number) => 100 + way;

/** Puts client and endpoints behind nodes, which know no way to Service addresses but their rules. */
async function plugIn(...nodes: Node[]): Promise<void> {
  for (const node of nodes) await plugInOne(node, plugged++);
}

async function plugInOne(node: Node, way: number): Promise<void> {
  const enter = ['nsenter', '-t', String(node.pid), '-n', '--'];
  const name = interfaceOf(way);
  for (const side of names) {
    const { link, range } = sides[side];
    const [near, far] = [`${link}.${4 * way + 1}`, `${link}.${4 * way + 2}`];
    await succeed([...enter, 'ip', 'link', 'add', side, 'type', 'veth', 'peer', 'name', name, 'netns', side]);
    const back = `via ${near} dev ${name}`;
    const ofClient = [
      `route add default ${back} src ${clientAddress(way)} table ${tableOf(way)}`,
      `rule add from ${clientAddress(way)} lookup ${tableOf(way)}`,
    ];
    const source = side === 'client' ? ` src ${clientAddress(way)}` : '';
    const set = [`link set ${name} up`, `addr add ${far}/30 dev ${name}`];
    const routes = [
      ...(way === 0 ? [`route add default ${back}${source}`] : []),
      ...(side === 'client' ? ofClient : [`route add ${clientAddress(way)} ${back}`]),
    ];
    await batch([...set, ...routes], inside(side));
    await batch([`link set ${side} up`, `addr add ${near}/30 dev ${side}`, `route add ${range} via ${far}`], enter);
  }
  // "refused" comes at once and each time; "unreachable" would come once a second (net.ipv4.icmp_ratelimit)
  await batch([`route add 10.96.0.0/16 via ${sides['endpoints-a'].link}.${4 * way + 2}`], enter);
}

/** Starts a program of this directory on a side. */
function start(side: Side, program: string, ...words: string[]) {
  const argv = [...inNamespace(side), process.execPath, join(import.meta.dirname, program), ...words];
  return spawn('nsenter', argv, { stdio: ['pipe', 'pipe', 'inherit'] });
}

async function startListener(side: Side): Promise<ChildProcess> {
  const child = start(side, 'endpoint.ts', String(endpointPort));
  const first = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  if (first.value !== 'serving') throw new Error(`the endpoints of ${side} do not serve`);
  return child;
}

function startClient() {
  const child = start('client', 'client.ts');
  const ended = new Promise<never>((_, reject) => {
    child.once('exit', () => reject(new Error('the client of the benchmark has ended')));
  });
  ended.catch(() => {});
  const waiting = new Map<number, (answer: unknown) => void>();
  let last = 0;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id, answer } = JSON.parse(line) as { id: number; answer: unknown };
    waiting.get(id)?.(answer);
    waiting.delete(id);
  });
  return {
    child,
    /** What the client answers; each task has its own limit. Rejects when the client has ended. */
    ask<T extends Task>(this: void, task: T): Promise<Answers[T['task']]> {
      const id = ++last;
      const answer = new Promise<Answers[T['task']]>((resolve) => {
        waiting.set(id, (given) => resolve(given as Answers[T['task']]));
      });
      child.stdin.write(`${JSON.stringify({ id, ...task })}\n`);
      return Promise.race([answer, ended]);
    },
  };
}
