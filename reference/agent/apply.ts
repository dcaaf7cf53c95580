import { type IpDataplane, setSysctl } from '../dataplane/ip/index.ts';
import type { Nft } from '../dataplane/nft/index.ts';
import type { Desired } from '../model/index.ts';
import type { Log } from './log.ts';
import type { Applied } from './reconciler.ts';

/**
 * Brings links, routes and rules to the desired state, both sides at once; neither is left running when the other
 * fails.
 */
export async function applyAll(
  desired: Desired,
  ip: IpDataplane,
  nft: Nft,
  hostRoot: string,
  log: Log,
): Promise<Applied> {
  const [links, tables] = await Promise.allSettled([ip.apply(desired.fabric), nft.apply(desired)]);
  if (links.status === 'rejected') throw links.reason;
  if (tables.status === 'rejected') throw tables.reason;
  const { problems, forgotten } = tables.value;
  if (problems.length > 0) log('nft needed help', { problems });
  for (const link of desired.hostPorts.routeLocalnet) setSysctl(hostRoot, `net/ipv4/conf/${link}/route_localnet`, '1');
  const settled = forgotten.then((flows) => {
    if (flows.problems.length > 0) log('old flows could not be forgotten', { problems: flows.problems });
  });
  return { problems: links.value, settled };
}
