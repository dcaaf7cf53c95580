import { BrokenError } from '../outcome.ts';
import type { Agent } from './cell.ts';
import type { Convergence } from './converge.ts';
import { witness } from './round.ts';
import { sentence } from './words.ts';

/**
 * Asks the servers of denied attempts again: "dropped" means that the nonce has not come by the end of the scenario.
 * Returns a sentence for each cell of which one came late. `actors`: whom the scenario has now; an agent may have
 * another channel by then. Servers that are gone are not asked.
 */
export async function lateArrivals(denied: Convergence['denied'], actors: Agent[] = []): Promise<string[]> {
  const known = new Map(denied.map((one) => [one.result.nonce, one]));
  const asked = new Map<Agent, string[]>();
  for (const { result } of denied) {
    for (const { agent } of result.cell.to.servers) asked.set(agent, [...(asked.get(agent) ?? []), result.nonce]);
  }
  const found = [...asked].map(async ([agent, nonces]) => {
    const isSame = ({ channel }: Agent) => !channel.lost && channel.agentId === agent.channel.agentId;
    const there = agent.channel.lost ? actors.find(isSame) : agent;
    if (there === undefined) return [];
    const { clock } = there.channel;
    const { arrivals, whole } = await witness(there, nonces, [], 0);
    if (!whole) throw new BrokenError(`more arrived at ${there.name} than its log keeps`);
    return arrivals.map(({ nonce, at }) => ({ nonce, at: clock.toHarness(at) }));
  });
  const late = new Map<string, string>();
  for (const { nonce, at } of (await Promise.all(found)).flat()) {
    const { result, launchedAt } = known.get(nonce) as Convergence['denied'][number];
    const after = `${Math.round(at - launchedAt)} ms after it was sent`;
    const text = sentence({ ...result, verdict: 'leaked' });
    late.set(text, `${text}; it arrived late, ${after}`);
  }
  return [...late.values()];
}
