import type { FabricState } from '../../model/fabric.ts';
import type { Run } from '../run.ts';
import { readJson, runBatch } from './batch.ts';

/** Marks netvet's routes (`ip route show proto 118`), so that nobody else's are ever taken for its own. */
const routeProtocol = 118;

/** Destination as the kernel lists it -> the rest of the route. */
export type Routes = Map<string, string>;

/** What leads to a Pod. */
export const podRoute = (device: string) => `dev ${device} scope link`;

/** The line of `ip` that makes it. */
export const addPodRoute = (address: string, device: string) =>
  `route add ${address} ${podRoute(device)} proto ${routeProtocol}`;

/** The routes of a fabric. `links` are the names that exist: a route of a Pod whose link has gone would be refused. */
export function desiredRoutes(state: FabricState, links: (name: string) => boolean): Routes {
  const routes: Routes = new Map();
  for (const range of state.local) routes.set(range, 'unreachable');
  for (const { destination, via, device, onlink } of state.routes) {
    routes.set(destination, `via ${via} dev ${device}${onlink ? ' onlink' : ''}`);
  }
  for (const { address, device } of state.pods) if (links(device)) routes.set(address, podRoute(device));
  return routes;
}

interface RouteInfo {
  type?: string;
  dst: string;
  gateway?: string;
  dev?: string;
  protocol?: string;
  scope?: string;
  flags?: string[];
}

/** The node's main table: netvet's own routes, and the destinations that others have routes to. */
export async function readRoutes(run: Run): Promise<{ own: Routes; foreign: Set<string> }> {
  const list = await readJson<RouteInfo>(run, ['ip', '-j', 'route', 'show']);
  const own: Routes = new Map();
  const foreign = new Set<string>();
  for (const { type, dst, gateway, dev, protocol, scope, flags = [] } of list) {
    if (protocol !== String(routeProtocol)) foreign.add(dst);
    else if (type !== undefined) own.set(dst, type);
    else if (gateway === undefined) own.set(dst, scope === 'link' ? podRoute(dev ?? '') : `dev ${dev} scope ${scope}`);
    else own.set(dst, `via ${gateway} dev ${dev}${flags.includes('onlink') ? ' onlink' : ''}`);
  }
  return { own, foreign };
}

const missing = /No such process|Cannot find device|does not exist/;

/**
 * Makes the difference between `actual` and `desired`, and keeps `actual` in step with the kernel. Resolves with what could not be
 * done, by destination. A destination to which another program has a route is left to that program.
 */
export async function applyRoutes(run: Run, actual: Routes, desired: Routes): Promise<Map<string, string>> {
  const changes = new Map<string, { destination: string; rest: string | undefined }>();
  for (const destination of actual.keys()) {
    if (desired.has(destination)) continue;
    changes.set(`route del ${destination} proto ${routeProtocol}`, { destination, rest: undefined });
  }
  for (const [destination, rest] of desired) {
    const present = actual.get(destination);
    if (present === rest) continue;
    // "add" is refused where a foreign route is; "replace" would take its place
    const verb = present === undefined ? 'add' : 'replace';
    const [kind, arguments_] = rest === 'unreachable' ? ['unreachable ', ''] : ['', ` ${rest}`];
    changes.set(`route ${verb} ${kind}${destination}${arguments_} proto ${routeProtocol}`, { destination, rest });
  }
  const failed = await runBatch(run, 'ip', [...changes.keys()]);
  const problems = new Map<string, string>();
  for (const [line, { destination, rest }] of changes) {
    const why = failed.get(line);
    if (rest === undefined) {
      // a route goes with its link
      if (why === undefined || missing.test(why)) actual.delete(destination);
      else problems.set(destination, why);
    } else if (why === undefined) actual.set(destination, rest);
    else problems.set(destination, why);
  }
  return problems;
}
