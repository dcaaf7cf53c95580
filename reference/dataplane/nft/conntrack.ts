/** Which flows connection tracking must forget, because it would go on sending them where nobody is any more. */
import { parseAddress, type Range } from '../../model/cidr.ts';
import { CommandError, failureOf, mustRun, type Run } from '../run.ts';
import { bits, mark } from './ids.ts';
import type { Flows } from './tables/services.ts';

/** What the flows' world is like with the rules that are in force. */
export interface FlowState {
  services: Flows;
  /** UDP ports of the node that lead to Pods: `address port`, for each of its addresses. */
  hostPorts: Set<string>;
  /** Address of a Pod of this node -> container id. */
  attached: Map<string, string>;
  /** Where this node's Pods have their addresses from. */
  ranges: Range[];
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
 * What is to be forgotten follows from the rules that are in force and those before them, however many changes failed
 * in between; a deletion that failed is tried again with the next one. Without a state before (an agent that has just
 * started) what the kernel lists decides.
 */
export class FlowKeeper {
  readonly #run: Run;
  #last: FlowState | undefined;
  /** By what the kernel lists, once. */
  #started: boolean;
  #problem: string | undefined;
  /** What is still to be deleted, by key. */
  readonly #owed = new Map<string, Filter>();
  #running: Promise<unknown> = Promise.resolve();
  #next: Promise<Forgotten> | undefined;

  constructor(run: Run, last?: FlowState) {
    this.#run = run;
    this.#last = last;
    this.#started = last !== undefined;
  }

  /**
   * Follows to rules that are in force by now. Resolves, always, when everything up to here was tried: the rules hold
   * whatever becomes of old flows. Calls that come while conntrack is at work share one turn.
   */
  follow(now: FlowState): Promise<Forgotten> {
    const changed = this.#last === undefined || this.#last === now ? [] : stale(this.#last, now);
    for (const filter of changed) this.#owed.set(filter.key, filter);
    // one that serves again keeps its flows
    for (const { key, endpoint } of this.#owed.values()) {
      if (endpoint !== undefined && now.services.endpoints.has(endpoint)) this.#owed.delete(key);
    }
    this.#last = now;
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      const turn = this.#turn(this.#last ?? now);
      this.#running = turn;
      return turn;
    });
    return this.#next;
  }

  /** Why nothing is known of flows yet, so that no address is free of them. Undefined: nothing has failed. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Whether flows of the last owner of an address may still be there. */
  owes(address: string): boolean {
    return !this.#started || ofAddress(address).some(({ key }) => this.#owed.has(key));
  }

  async #turn(now: FlowState): Promise<Forgotten> {
    const forgotten: Forgotten = { flows: 0, problems: [] };
    const failed = (error: unknown) => forgotten.problems.push(error instanceof Error ? error.message : String(error));
    try {
      await this.#readList(now);
      // what comes to be owed meanwhile is for the next turn, for which its caller waits
      for (const filter of [...this.#owed.values()]) {
        if (this.#owed.get(filter.key) !== filter) continue;
        try {
          forgotten.flows += await remove(this.#run, filter);
          this.#settle(filter);
        } catch (error) {
          // each by itself; but one that does not end takes a minute, and so would the others
          if (!(error instanceof CommandError) || failureOf(error.result) === 'timed out') throw error;
          failed(error);
        }
      }
    } catch (error) {
      failed(error);
    }
    this.#problem = this.#started ? undefined : forgotten.problems[0];
    return forgotten;
  }

  /** Finds what is owed at the start, and leaves out of many what no flow is like. */
  async #readList(now: FlowState): Promise<void> {
    if (!this.#started) {
      for (const filter of await staleAtStart(this.#run, now)) this.#owed.set(filter.key, filter);
      this.#started = true;
    }
    if (this.#owed.size <= FEW) return;
    const owed = new Map(this.#owed);
    await eachFlow(this.#run, (flow) => {
      // what is left of them no flow is like
      for (const key of keysOf(flow)) owed.delete(key);
    });
    for (const filter of owed.values()) this.#settle(filter);
  }

  /** Unless it was asked for again meanwhile: then flows may have begun since. */
  #settle(filter: Filter): void {
    if (this.#owed.get(filter.key) === filter) this.#owed.delete(filter.key);
  }
}

/** Flows to delete. `key` is one that keysOf gives for each of them. */
interface Filter {
  argv: string[];
  key: string;
  /** Id of the endpoint whose flows they are. */
  endpoint?: number;
}

/** All that filters can know a flow by. */
function keysOf({ protocol, source, destination, port, answers, mark: id }: Flow): string[] {
  const keys = [`from ${source}`, `answers ${answers}`];
  if (protocol !== 'udp') return keys;
  const untranslated = id === 0 && answers === destination;
  return [...keys, `mark ${id}`, ...(untranslated ? [`to ${destination} ${port}`] : [])];
}

const ofEndpoint = (endpoint: number): Filter => ({
  argv: ['-p', 'udp', '-m', mark(endpoint)],
  key: `mark ${endpoint}`,
  endpoint,
});

/** Always with the address: without it everybody's flows to that port would go, those to other machines too. */
function untranslated(at: string): Filter {
  const [address = '', port = ''] = at.split(' ');
  return { argv: ['-p', 'udp', '-d', address, '--orig-port-dst', port, '-m', '0'], key: `to ${at}` };
}

const ofSource = (address: string): Filter => ({ argv: ['-s', address], key: `from ${address}` });
const ofAnswers = (address: string): Filter => ({ argv: ['-r', address], key: `answers ${address}` });
const ofAddress = (address: string): Filter[] => [ofSource(address), ofAnswers(address)];

function stale(before: FlowState, after: FlowState): Filter[] {
  const changedHands = [...before.attached].filter(([address, owner]) => after.attached.get(address) !== owner);
  return [
    ...before.services.endpoints.difference(after.services.endpoints).values().map(ofEndpoint),
    ...after.services.open.difference(before.services.open).values().map(untranslated),
    ...after.hostPorts.difference(before.hostPorts).values().map(untranslated),
    ...changedHands.flatMap(([address]) => ofAddress(address)),
  ];
}

/**
 * An endpoint's id follows from what it is: a mark that is nobody's now is of an endpoint that has gone. So is an
 * address of Pods that none of this node's has; the first and the last of a range are the node's own.
 */
async function staleAtStart(run: Run, { services, hostPorts, attached, ranges }: FlowState): Promise<Iterable<Filter>> {
  const opened = new Map([...services.open, ...hostPorts].map((at) => [`to ${at}`, at]));
  const found = new Map<string, Filter>();
  const add = (filter: Filter) => void found.set(filter.key, filter);
  const isNobodys = (address: string) => {
    const number = parseAddress(address) ?? -1;
    return !attached.has(address) && ranges.some(([first, last]) => first < number && number < last);
  };
  await eachFlow(run, (flow) => {
    const { protocol, source, answers, mark: id } = flow;
    if (protocol === 'udp' && (id & bits.endpoint) !== 0 && !services.endpoints.has(id)) add(ofEndpoint(id));
    for (const key of keysOf(flow)) {
      const at = opened.get(key);
      if (at !== undefined) add(untranslated(at));
    }
    if (isNobodys(source)) add(ofSource(source));
    if (isNobodys(answers)) add(ofAnswers(answers));
  });
  return found.values();
}

/** `udp 17 29 src=A dst=B sport=1 dport=2 [UNREPLIED] src=C dst=D sport=2 dport=1 mark=3 use=1` */
const entry = /^(\w+) .*?src=(\S+) dst=(\S+)(?: sport=\d+ dport=(\d+))?.*? src=(\S+) dst=\S+(?:.* mark=(\d+))?/;

/** Looks at all flows, one after the other as they come: there may be hundreds of thousands. */
async function eachFlow(run: Run, take: (flow: Flow) => void): Promise<void> {
  const line = (text: string) => {
    const match = entry.exec(text);
    if (match === null) return;
    const [, protocol = '', source = '', destination = '', port, answers = '', id = '0'] = match;
    take({ protocol, source, destination, port, answers, mark: Number(id) });
  };
  // a run that does not give lines gives the whole
  for (const text of (await mustRun(run, ['conntrack', '-L'], { line })).split('\n')) line(text);
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
