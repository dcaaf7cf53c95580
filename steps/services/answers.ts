import { equal } from 'node:assert';
import { evenSpread } from '../chi-square.ts';
import { follow } from '../follow.ts';
import type { Target } from '../probe/index.ts';
import { listed } from '../tables.ts';
import { backendsOf } from '../targets.ts';
import type { NetvetWorld } from '../world.ts';

/**
 * `count` fresh connections; how many each Pod answered, by the names of the scenario. Agents are told apart by their ids: a Pod that is gone
 * may have had the same name. Lost ones count under their outcome.
 * `timeoutMs`: short where the next look comes soon, world.answerMs where this one decides.
 */
export async function answers(
  world: NetvetWorld,
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
export async function expectAnswers(
  world: NetvetWorld,
  client: string,
  servers: string,
  target: string,
  to: Target = world.target(target),
): Promise<void> {
  const expected = listed(servers);
  await follow(world, `answers to ${client} from ${servers}`, async () => {
    const seen = await answers(world, client, to, perLook);
    const right = seen.size === expected.length && expected.every((name) => seen.has(name));
    return {
      right,
      seen: `${perLook} connections from ${client} to ${target} were answered ${inWords(seen)}; expected were ${servers}`,
    };
  });
}

/** Pearson's chi-square test on how connections are spread over the Pods behind a Service. */
export async function expectEvenSpread(
  world: NetvetWorld,
  client: string,
  target: string,
  count: number,
  level: number,
): Promise<void> {
  const servers = backendsOf(world, target.replace(/^Service /, '')).map(({ name }) => name);
  await expectAnswers(world, client, servers.join(', '), target);
  const { answerMs } = world;
  const sample = async () => {
    const seen = await world.looking.once(answerMs, () =>
      answers(world, client, world.target(target), count, answerMs),
    );
    const counts = servers.map((name) => seen.get(name) ?? 0);
    const answered = counts.reduce((sum, one) => sum + one, 0);
    const said = `of ${count} connections, ${answered} were answered by the Pods of the Service: ${inWords(seen)}`;
    equal(answered, count, said);
    return counts;
  };
  const { counts, statistic, critical, problem } = await evenSpread(sample, servers, level);
  world.measure('chi-square', statistic, '');
  world.measure('critical value', critical, '');
  for (const [i, name] of servers.entries()) world.measure(`connections to ${name}`, counts[i] as number, '');
  equal(problem, undefined, problem);
}
