/** Which flows connection tracking must forget, because it would go on sending them where nobody is any more. */
import { CommandError, failureOf, mustRun, type Run } from '../run.ts';
import { bits, mark } from './ids.ts';
import type { Flows } from './tables/services.ts';

/** What apply knew of the flows' world before a change, and what it knows after. */
export interface FlowState {
  services: Flows;
  /** UDP ports of the node that lead to Pods: `address port`, 0.0.0.0 for any. */
  hostPorts: Set<string>;
  /** Address of a Pod of this node -> container id. */
  attached: Map<string, string>;
}

export interface Forgotten {
  flows: number;
  problems: string[];
}

/** An entry as `conntrack -L` prints it, as far as it matters here. */
interface Flow {
  protocol: string;
  source: string;
  destination: string;
  /** Destination port; none for ICMP. */
  port: string | undefined;
  /** Whence replies come: the destination, or what it was translated to. */
  answers: string;
  mark: number;
}

/** More filters than this are compared with one listing first: each deletion is a process that walks the table. */
const FEW = 2;

/**
 * Forgets
 * - flows of UDP endpoints that serve no more: a client that keeps its source port would be sent there for ever
 *   (https://github.com/kubernetes/kubernetes/issues/59368);
 * - UDP flows that began before their Service or host port could translate them: they pass untranslated otherwise
 *   (https://github.com/kubernetes/kubernetes/issues/48370);
 * - all flows of an address that another Pod has now, or none: they would count as established for the next one.
 * Without `before` (an agent that has just started) what the kernel lists decides. Failures are reported, not thrown:
 * the rules are in force whatever becomes of old flows.
 */
export async function forgetFlows(run: Run, before: FlowState | undefined, after: FlowState): Promise<Forgotten> {
  const forgotten: Forgotten = { flows: 0, problems: [] };
  try {
    const filters = before === undefined ? await staleAtStart(run, after) : stale(before, after);
    const needed = filters.length > FEW ? matching(await list(run), filters) : filters;
    for (const filter of needed) forgotten.flows += await remove(run, filter);
  } catch (error) {
    forgotten.problems.push(error instanceof Error ? error.message : String(error));
  }
  return forgotten;
}

/** Flows to delete. `key` is one that keysOf gives for each of them. */
interface Filter {
  argv: string[];
  key: string;
}

/** All that filters can know a flow by. */
function keysOf({ protocol, source, destination, port, answers, mark: id }: Flow): string[] {
  const keys = [`from ${source}`, `answers ${answers}`];
  if (protocol !== 'udp') return keys;
  const untranslated = id === 0 && answers === destination;
  return [...keys, `mark ${id}`, ...(untranslated ? [`to ${destination} ${port}`, `to ${ANY} ${port}`] : [])];
}

const ANY = '0.0.0.0';

const ofEndpoint = (id: number): Filter => ({ argv: ['-p', 'udp', '-m', mark(id)], key: `mark ${id}` });

function untranslated(at: string): Filter {
  const [address = '', port = ''] = at.split(' ');
  const to = address === ANY ? [] : ['-d', address];
  return { argv: ['-p', 'udp', ...to, '--orig-port-dst', port, '-m', '0'], key: `to ${at}` };
}

const ofAddress = (address: string): Filter[] => [
  { argv: ['-s', address], key: `from ${address}` },
  { argv: ['-r', address], key: `answers ${address}` },
];

function stale(before: FlowState, after: FlowState): Filter[] {
  const changedHands = [...before.attached].filter(([address, owner]) => after.attached.get(address) !== owner);
  return [
    ...before.services.endpoints.difference(after.services.endpoints).values().map(ofEndpoint),
    ...after.services.open.difference(before.services.open).values().map(untranslated),
    ...after.hostPorts.difference(before.hostPorts).values().map(untranslated),
    ...changedHands.flatMap(([address]) => ofAddress(address)),
  ];
}

/** An endpoint's id follows from what it is: a mark that is nobody's now is of an endpoint that has gone. */
async function staleAtStart(run: Run, { services, hostPorts }: FlowState): Promise<Filter[]> {
  const flows = await list(run);
  const marks = flows.filter(({ protocol }) => protocol === 'udp').map((flow) => flow.mark);
  const ids = new Set(marks.filter((id) => (id & bits.endpoint) !== 0));
  return [
    ...ids.difference(services.endpoints).values().map(ofEndpoint),
    ...matching(flows, [...services.open, ...hostPorts].map(untranslated)),
  ];
}

function matching(flows: Flow[], filters: Filter[]): Filter[] {
  const keys = new Set(flows.flatMap(keysOf));
  return filters.filter(({ key }) => keys.has(key));
}

/** `udp 17 29 src=A dst=B sport=1 dport=2 [UNREPLIED] src=C dst=D sport=2 dport=1 mark=3 use=1` */
const entry = /^(\w+) .*?src=(\S+) dst=(\S+)(?: sport=\d+ dport=(\d+))?.*? src=(\S+) dst=\S+(?:.* mark=(\d+))?/;

async function list(run: Run): Promise<Flow[]> {
  const listed = await mustRun(run, ['conntrack', '-L']);
  return listed.split('\n').flatMap((line) => {
    const match = entry.exec(line);
    if (match === null) return [];
    const [, protocol = '', source = '', destination = '', port, answers = '', text = '0'] = match;
    return [{ protocol, source, destination, port, answers, mark: Number(text) }];
  });
}

/** Tries again so often when a flow ends by itself while the tool is about to delete it: then it stops halfway. */
const TRIES = 10;

async function remove(run: Run, { argv: filter }: Filter): Promise<number> {
  const argv = ['conntrack', '-D', ...filter];
  let removed = 0;
  for (let tries = 1; ; tries += 1) {
    const result = await run(argv);
    removed += result.stdout.split('\n').length - 1;
    const failure = failureOf(result);
    if (failure === undefined || failure === 'nothing to do') return removed;
    if (failure !== 'missing' || tries === TRIES) throw new CommandError(argv, undefined, result);
  }
}
