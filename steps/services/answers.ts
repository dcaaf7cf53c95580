import { equal } from 'node:assert';
import { evenSpread, expectEven } from '../chi-square.ts';
import { BrokenError } from '../outcome.ts';
import type { Target } from '../probe/index.ts';
import { backendsOf } from '../targets.ts';
import { cadence } from '../waits.ts';
import type { World } from '../world.ts';
import type { Place } from './node-ports.ts';

/**
 * `count` fresh connections; how many each Pod answered, by the names of the scenario. Agents are told apart by their
 * ids: a Pod that is gone may have had the same name. Lost ones count under their outcome. `timeoutMs`: short where the
 * next look comes soon, world.answerMs where this one decides.
 */
export async function answers(
  world: World,
  client: string,
  { host, port, protocol }: Target,
  count: number,
  timeoutMs = world.timeoutMs,
): Promise<Map<string, number>> {
  const request = { nonce: world.freshKey(), host, port, protocol, count, parallel: 10, timeoutMs };
  const { reports } = await world.actor(client).channel.request('spread', request, (timeoutMs * count) / 10);
  const seen = new Map<string, number>();
  for (const { outcome, server = '', id = '' } of reports) {
    const who = outcome === 'connected' ? (world.nameOf(id) ?? `another ${server}`) : outcome;
    seen.set(who, (seen.get(who) ?? 0) + 1);
  }
  return seen;
}

export const inWords = (seen: Map<string, number>): string =>
  [...seen].map(([who, count]) => `${count} from ${who}`).join(', ');

/** Connections of one look: one of two Pods escapes 20 of them once in half a million looks. */
const perLook = 20;

/** Follows the last change until exactly these Pods answer. */
export async function expectAnswers(world: World, client: string, servers: string[], place: Place): Promise<void> {
  const target = await place(world);
  const wanted = servers.join(', ');
  await world.looking.follow(`answers to ${client} from ${wanted} at ${target.name}:${target.port}`, async () => {
    const seen = await answers(world, client, target, perLook);
    const right = seen.size === servers.length && servers.every((name) => seen.has(name));
    const where = `${perLook} connections from ${client} to ${target.name}:${target.port}`;
    return { right, seen: `${where} were answered ${inWords(seen)}; expected were ${wanted}` };
  });
}

/** Pearson's chi-square test on how connections are spread over the Pods behind a Service. */
export async function expectEvenSpread(world: World, count: number, client: string, target: string, level: number) {
  const servers = backendsOf(world, target.replace(/^Service /, '')).map(({ name }) => name);
  await expectAnswers(world, client, servers, () => world.target(target));
  const { answerMs } = world;
  const sample = async () => {
    const look = () => answers(world, client, world.target(target), count, answerMs);
    const seen = await world.looking.once(answerMs, look);
    const counts = servers.map((name) => seen.get(name) ?? 0);
    const answered = counts.reduce((sum, one) => sum + one, 0);
    const said = `of ${count} connections, ${answered} were answered by the Pods of the Service: ${inWords(seen)}`;
    equal(answered, count, said);
    return counts;
  };
  const spread = await evenSpread(sample, servers, level);
  for (const [i, name] of servers.entries()) world.measure(`connections to ${name}`, spread.counts[i] as number, '');
  expectEven(world, spread, 'critical value');
}

/** Follows the last change until an attempt is refused at once, not left to time out. */
export async function expectRefused(world: World, client: string, target: string): Promise<void> {
  const { timeoutMs } = world;
  const { host, port, protocol } = world.target(target);
  const look = async () => {
    const attempts = [{ nonce: world.freshKey(), host, port, protocol }];
    const { reports } = await world.actor(client).channel.request('probe', { attempts, timeoutMs }, timeoutMs);
    const { outcome = 'error', errno = '', micros = 0 } = reports[0] ?? {};
    if (outcome === 'error') throw new BrokenError(`${client} could not dial: ${errno}`);
    const right = outcome === 'refused' || outcome === 'unreachable' || outcome === 'reset';
    return { right, seen: `${client} to ${target}: ${outcome} ${errno} after ${Math.round(micros / 1000)} ms` };
  };
  await world.looking.follow(`${client} is refused at ${target}`, look, cadence.sparse);
}
