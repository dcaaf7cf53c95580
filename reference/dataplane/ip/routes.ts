import type { FabricState } from '../../model/fabric.ts';
import { failureOf, type Run } from '../run.ts';
import { readJson, runBatch } from './batch.ts';

/** Marks netvet's routes (`ip route show proto 118`), so that nobody else's are ever taken for its own. */
export const routeProtocol = 118;

/** Destination as the kernel lists it -> the rest of the route. */
export type Routes = Map<string, string>;

/** What leads to a Pod. */
export const podRoute = (device: string) => `dev ${device} scope link`;

const via = (gateway: string, device: string, onlink: boolean) =>
  `via ${gateway} dev ${device}${onlink ? ' onlink' : ''}`;

/** The line of `ip` that makes a Pod's route. */
export const addPodRoute = (address: string, device: string) =>
  `route add ${address} ${podRoute(device)} proto ${routeProtocol}`;

/** The routes of a fabric. `links` are the names that exist: a route of a Pod whose link has gone would be refused. */
export function desiredRoutes(state: FabricState, links: (name: string) => boolean): Routes {
  const routes: Routes = new Map();
  for (const range of state.local) routes.set(range, 'unreachable');
  for (const { destination, via: gateway, device, onlink } of state.routes) {
    routes.set(destination, via(gateway, device, onlink));
  }
  for (const { address, device } of state.pods) if (links(device)) routes.set(address, podRoute(device));
  return routes;
}

interface RouteInfo {
  type?: string;
  dst: string;
  gateway?: string;
  dev?: string;
  scope?: string;
  flags?: string[];
}

/** netvet's own routes in the node's main table. */
export async function readRoutes(run: Run): Promise<Routes> {
  const argv = ['ip', '-j', 'route', 'show', 'proto', String(routeProtocol)];
  const list = await readJson<RouteInfo>(run, argv);
  return new Map(
    list.map(({ type, dst, gateway, dev = '', scope, flags = [] }): [string, string] => {
      if (type !== undefined) return [dst, type];
      if (gateway !== undefined) return [dst, via(gateway, dev, flags.includes('onlink'))];
      return [dst, scope === 'link' ? podRoute(dev) : `dev ${dev} scope ${scope}`];
    }),
  );
}

/**
 * Makes the difference between `actual` and `desired`, and keeps `actual` in step with the kernel. Resolves with what
 * could not be done, by destination. A destination to which another program has a route is left to that program.
 */
export async function applyRoutes(run: Run, actual: Routes, desired: Routes): Promise<Map<string, string>> {
  const changes = new Map<string, string>();
  for (const destination of actual.keys())
    if (!desired.has(destination)) changes.set(destination, `del ${destination}`);
  for (const [destination, rest] of desired) {
    if (actual.get(destination) === rest) continue;
    // "add" is refused where a foreign route is; "replace" would take its place
    const verb = actual.has(destination) ? 'replace' : 'add';
    const route = rest === 'unreachable' ? `${rest} ${destination}` : `${destination} ${rest}`;
    changes.set(destination, `${verb} ${route}`);
  }
  const lineOf = (change: string) => `route ${change} proto ${routeProtocol}`;
  const failed = await runBatch(run, 'ip', Array.from(changes.values(), lineOf));
  const problems = new Map<string, string>();
  for (const [destination, change] of changes) {
    const why = failed.get(lineOf(change));
    const rest = desired.get(destination);
    // a route goes with its link
    const done = why === undefined || (rest === undefined && failureOf({ exitCode: 1, stderr: why }) === 'missing');
    if (!done) problems.set(destination, why);
    else if (rest === undefined) actual.delete(destination);
    else actual.set(destination, rest);
  }
  return problems;
}
