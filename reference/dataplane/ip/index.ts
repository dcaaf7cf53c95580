import { type FabricState, type Tunnel, tunnelDevice } from '../../model/fabric.ts';
import type { Run } from '../run.ts';
import { setSysctl } from './node.ts';
import { applyRoutes, desiredRoutes, podRoute, type Routes, readRoutes } from './routes.ts';
import { applyTunnel } from './tunnel.ts';

export { mustBatch, readJson, readJsonIfThere } from './batch.ts';
export { readUnderlay, setLink, setSysctl } from './node.ts';
export { addPodRoute } from './routes.ts';

/** Brings links and routes of a node to a desired state. What netvet did not make is never touched. */
export interface IpDataplane {
  /**
   * Applies the difference to what was applied last. Resolves with what could not be done: destination of a route, or
   * the name of the tunnel device, -> why; it is tried again next time. Rejects when `ip` did not run.
   */
  apply(state: FabricState): Promise<Map<string, string>>;
  /** Somebody makes a Pod's link and the route to it: such a route is left alone until `linkMade` or `linkGone`. */
  linkBegun(device: string, address: string): void;
  /** The link is there. `route`: so is the route to its Pod. */
  linkMade(device: string, address: string, route: boolean): void;
  /** The link is not there, or will not be: no route is wanted through it. */
  linkGone(device: string): void;
  /** Has the next `apply` read the kernel's state first: others can change it. */
  resync(): void;
}

/** `hostRoot`: where the node's files are. */
export function createIpDataplane(run: Run, hostRoot: string): IpDataplane {
  const links = new Set<string>();
  const begun = new Map<string, string>();
  let routes: Routes | undefined;
  let tunnel: string | undefined;

  async function applyTunnelOnce(desired: Tunnel | undefined): Promise<void> {
    const text = JSON.stringify(desired ?? null);
    if (text === tunnel) return;
    tunnel = undefined;
    // what the kernel removes with a device is not in our picture of it
    if (await applyTunnel(run, tunnelDevice, desired)) routes = undefined;
    // replies can come another way than the tunnel's (from the node's own address): loose, not strict
    if (desired !== undefined) setSysctl(hostRoot, `net/ipv4/conf/${tunnelDevice}/rp_filter`, '2');
    tunnel = text;
  }

  return {
    async apply(state) {
      const problems = new Map<string, string>();
      const setTunnel = () =>
        applyTunnelOnce(state.tunnel).catch((error: Error) => problems.set(tunnelDevice, error.message));
      // routes lead through the tunnel, so it comes first, and goes last
      if (state.tunnel !== undefined) await setTunnel();
      routes ??= await readRoutes(run);
      const desired = desiredRoutes(state, (name) => links.has(name));
      for (const address of begun.values()) {
        const present = routes.get(address);
        if (present !== undefined) desired.set(address, present);
      }
      for (const [destination, why] of await applyRoutes(run, routes, desired)) problems.set(destination, why);
      if (state.tunnel === undefined) await setTunnel();
      return problems;
    },
    linkBegun: (device, address) => void begun.set(device, address),
    linkMade(device, address, route) {
      begun.delete(device);
      links.add(device);
      if (route) routes?.set(address, podRoute(device));
    },
    linkGone(device) {
      begun.delete(device);
      links.delete(device);
    },
    resync() {
      routes = undefined;
      tunnel = undefined;
    },
  };
}
