import { BrokenError } from '../outcome.ts';
import type { AttemptReport, Listener } from './attempt.ts';
import { type Agent, type Cell, type CellResult, stoodLongest } from './cell.ts';
import type { Patience } from './patience.ts';
import { type Stood, voidShare } from './still.ts';
import { satisfies, verdictOf } from './verdict.ts';
import { describe } from './words.ts';

/** One look at the network. */
export interface Round {
  launchedAt: number;
  endedAt: number;
  /** Everything was as it should be. */
  right: boolean;
  /** Of a matrix; empty for other looks. */
  results: CellResult[];
  /** What was seen, in words. */
  seen: string;
  /** Who of those that took part stood still longest. */
  stood: Stood;
  /** Somebody stood still for too long: it is neither right nor wrong. */
  isVoid: boolean;
}

/** An observer stood still for more than a share of its time-out: what it saw is worth nothing, but for a leak. */
export const isVoidFor = ({ ms }: Stood, timeoutMs: number): boolean => ms > voidShare * timeoutMs;

let count = 0;
/** Unique among all workers of a run: arrivals of a shared node are told apart too. */
const freshNonce = (): string =>
  `${process.pid.toString(36)}${process.env['CUCUMBER_WORKER_ID'] ?? ''}-${(count++).toString(36)}`;

/** Probes every cell at once and joins both ends by nonce; `patience` learns from it. BrokenError: an agent is lost. */
export async function runRound(cells: Cell[], timeoutMs: number, patience?: Patience): Promise<Round> {
  const launchedAt = performance.now();
  const attempts = cells.map((cell) => ({ cell, nonce: freshNonce() }));
  const reports = new Map<string, AttemptReport>();
  const asking = [...Map.groupBy(attempts, ({ cell }) => cell.from)].map(async ([client, mine]) => {
    const asked = mine.map(
      ({
        cell: {
          to: { host, port, protocol },
        },
        nonce,
      }) => ({ nonce, host, port, protocol }),
    );
    const reply = await client.channel.request('probe', { attempts: asked, timeoutMs }, timeoutMs);
    for (const report of reply.reports) reports.set(report.nonce, report);
  });
  const servers = new Set(cells.flatMap(({ to }) => to.servers.map(({ agent }) => agent)));
  // a server that is idle does not watch itself, and is to know how it stood while it was dialled
  const waking = [...servers]
    .filter(({ channel }) => channel.isWatched === false)
    .map(({ channel }) => channel.request('ping', { watchMs: 2 * timeoutMs }));
  await Promise.all([...asking, ...waking]);
  const isAnswered = (nonce: string) => reports.get(nonce)?.outcome === 'connected';
  const made = attempts.map((attempt) => ({ ...attempt, answered: isAnswered(attempt.nonce) }));
  const witnessed = await witnesses(made, launchedAt);
  const results = attempts.map(({ cell, nonce }): CellResult => {
    const report = reports.get(nonce);
    const { arrivedAt, whole, alive, ids } = witnessed(cell, nonce);
    const verdict = verdictOf({
      client: report?.outcome,
      arrived: arrivedAt !== undefined || (whole ? false : undefined),
      alive,
      claimed: report?.id === undefined || ids.has(report.id),
    });
    return { cell, nonce, verdict, report, ...(arrivedAt === undefined ? {} : { arrivedAt }) };
  });
  const endedAt = performance.now();
  const stood = stoodLongest(new Set([...cells.map(({ from }) => from), ...servers]), launchedAt, endedAt);
  const right = results.every(({ cell, verdict }) => satisfies(verdict, cell.expected));
  const isVoid = isVoidFor(stood, timeoutMs) && !results.some(isLeak);
  for (const { cell, verdict, report } of isVoid ? [] : results) {
    if (verdict === 'allowed') patience?.took((report?.micros ?? 0) / 1000 - (report?.stoodMs ?? 0));
    // its answer came later than it could be waited for: the next one is waited for twice as long
    if (verdict === 'leaked' && cell.expected === 'allowed') patience?.late(timeoutMs);
  }
  return { launchedAt, endedAt, right, results, seen: describe(results), stood, isVoid };
}

/** It arrived where it must not, or somebody answered: so it was seen, however long anybody stood still. */
export const isLeak = ({ cell, verdict, arrivedAt }: CellResult): boolean =>
  cell.expected === 'denied' && (arrivedAt !== undefined || verdict === 'leaked');

/** A listener that its own Pod cannot reach has died: nothing that is not heard there says anything. */
export const isBroken = ({ verdict, report }: CellResult): boolean =>
  verdict === 'broken' || (verdict === 'unserved' && report?.outcome !== 'unresolved');

/** Which nonces came in, which listeners live, and whether the log is whole since then. BrokenError: a clock jumped. */
export async function witness(agent: Agent, nonces: string[], listeners: Listener[], since: number) {
  const { name, channel } = agent;
  const { clock } = channel;
  const sentAt = performance.now();
  const reply = await channel.request('witness', { nonces, listeners }, 1_000);
  if (!clock.agrees(sentAt, performance.now(), reply.at))
    throw new BrokenError(`the clock of ${name} has jumped: when something arrived there is not known`);
  // as late as it can have been: a gap in the evidence is never a verdict
  return { ...reply, whole: reply.since <= 0 || clock.toHarness(reply.since) + clock.precision <= since };
}

/** BrokenError unless the listeners live and the agent's log has all that ever arrived: else silence proves nothing. */
export async function keptAll(agent: Agent, listeners: Listener[] = []): Promise<void> {
  const { whole, alive } = await witness(agent, [], listeners, 0);
  if (!whole) throw new BrokenError(`more arrived at ${agent.name} than its log keeps`);
  const deaf = listeners.filter((_, i) => alive[i] !== true).map(({ port, protocol }) => `${port}/${protocol}`);
  if (deaf.length > 0) throw new BrokenError(`${agent.name} does not hear at ${deaf.join(' and ')} any more`);
}

/** Somebody was dialled: who is out of sockets, or has found no address, has dialled nobody. */
export const wasMade = ({ outcome }: AttemptReport): boolean => outcome !== 'error' && outcome !== 'unresolved';

/** Asks every server of the round once; a listener from which all answers came has shown that it lives. */
async function witnesses(attempts: { cell: Cell; nonce: string; answered: boolean }[], launchedAt: number) {
  const asked = attempts.flatMap(({ cell, nonce, answered }) =>
    cell.to.servers.map((server) => ({ ...server, nonce, answered })),
  );
  const arrivals = new Map<string, number>();
  const alive = new Map<string, boolean>();
  /** Those whose log has a gap in this round. */
  const forgetful = new Set<Agent>();
  const ids = new Map<Agent, string>();
  const keyOf = (agent: Agent, { protocol, port }: Listener) => `${agent.name} ${port}/${protocol}`;
  const asking = [...Map.groupBy(asked, ({ agent }) => agent)].map(async ([agent, mine]) => {
    const silent = mine.filter(({ answered }) => !answered);
    const listeners = [...new Map(silent.map(({ listener }) => [keyOf(agent, listener), listener])).values()];
    const { clock } = agent.channel;
    const nonces = mine.map(({ nonce }) => nonce);
    const { whole, ...reply } = await witness(agent, nonces, listeners, launchedAt);
    if (!whole) forgetful.add(agent);
    ids.set(agent, reply.id);
    for (const { nonce, at } of reply.arrivals) arrivals.set(nonce, clock.toHarness(at));
    for (const [i, listener] of listeners.entries()) alive.set(keyOf(agent, listener), reply.alive[i] === true);
  });
  await Promise.all(asking);
  return (cell: Cell, nonce: string) => {
    const states = cell.to.servers.map(({ agent, listener }) => alive.get(keyOf(agent, listener)));
    const isKnown = states.length > 0 && !states.includes(undefined);
    return {
      arrivedAt: arrivals.get(nonce),
      whole: !cell.to.servers.some(({ agent }) => forgetful.has(agent)),
      ids: new Set(cell.to.servers.map(({ agent }) => ids.get(agent))),
      alive: isKnown ? states.every(Boolean) : undefined,
    };
  };
}
