import { type FabricState, type Tunnel, tunnelDevice } from '../../model/fabric.ts';
import type { Run } from '../run.ts';
import { mustBatch, readJson } from './batch.ts';
import { type Heard, readHeard } from './monitor.ts';
import { setSysctl } from './node.ts';
import { applyRoutes, desiredRoutes, podRoute, type Routes, readRoutes, routeProtocol } from './routes.ts';
import { applyTunnel, hasTunnel } from './tunnel.ts';

export { mustBatch, readJson, readJsonIfThere } from './batch.ts';
export { monitored } from './monitor.ts';
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
  /** Has the next `apply` read the kernel's state first, and put up again what is down: others can change it. */
  resync(): void;
  /** What a line of `ip monitor` tells; undefined: nothing of concern. */
  heard(line: string): Heard | undefined;
  /** Whether it may mean that something of ours was taken away or changed. */
  isSuspicious(heard: Heard): boolean;
  /** Whether a link that leads to other nodes is up, maybe again: what could not be set before may be possible now. */
  leadsOut(heard: Heard): boolean;
  /** Looks whether all that `apply` made is still there. To be called while no `apply` is under way. */
  isThere(): Promise<boolean>;
}

interface LinkInfo {
  ifname?: string;
  flags?: string[];
}

const isDown = (heard: Heard) => heard.kind === 'link' && (heard.isGone || !heard.isUp);

/** `hostRoot`: where the node's files are. */
export function createIpDataplane(run: Run, hostRoot: string): IpDataplane {
  const links = new Set<string>();
  const begun = new Map<string, string>();
  let routes: Routes | undefined;
  let tunnel: string | undefined;
  /** What `tunnel` is the text of. */
  let made: Tunnel | undefined;
  let isFresh = true;
  /** Nothing is to be done while the same state is wanted. */
  let isSettled = false;
  /** What was last applied. */
  let applied: FabricState | undefined;

  /** Host ends of Pods that somebody has put down: with that their routes go. */
  async function linksDown(): Promise<string[]> {
    const all = await readJson<LinkInfo>(run, ['ip', '-j', 'link', 'show', 'type', 'veth']);
    return all.flatMap(({ ifname = '', flags = [] }) => (links.has(ifname) && !flags.includes('UP') ? [ifname] : []));
  }

  /** Whether routes to other nodes lead through it. */
  const isUsed = (name: string) => applied?.routes.some(({ device }) => device === name) === true;

  /** Replies can come another way than the tunnel's (from the node's own address): loose, not strict. */
  const loosenTunnel = () => void setSysctl(hostRoot, `net/ipv4/conf/${tunnelDevice}/rp_filter`, '2');

  async function applyTunnelOnce(desired: Tunnel | undefined): Promise<void> {
    // with thousands of peers the text is long, and mostly it is the very same tunnel
    if (tunnel !== undefined && desired === made) return;
    const text = JSON.stringify(desired ?? null);
    if (text === tunnel) return;
    tunnel = undefined;
    // what the kernel removes with a device is not in our picture of it
    if (await applyTunnel(run, tunnelDevice, desired)) routes = undefined;
    if (desired !== undefined) loosenTunnel();
    tunnel = text;
    made = desired;
  }

  async function applyNow(state: FabricState): Promise<Map<string, string>> {
    const problems = new Map<string, string>();
    const setTunnel = () =>
      applyTunnelOnce(state.tunnel).catch((error: Error) => problems.set(tunnelDevice, error.message));
    if (!isFresh) {
      const down = await linksDown();
      const lines = down.map((device) => `link set dev ${device} up`);
      if (lines.length > 0) await mustBatch(run, 'ip', lines);
      isFresh = true;
    }
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
    applied = state;
    return problems;
  }

  return {
    async apply(state) {
      if (isSettled && state === applied) return new Map<string, string>();
      // what happens meanwhile is for the next one
      isSettled = true;
      try {
        const problems = await applyNow(state);
        if (problems.size > 0) isSettled = false;
        return problems;
      } catch (error) {
        isSettled = false;
        throw error;
      }
    },
    linkBegun(device, address) {
      isSettled = false;
      begun.set(device, address);
    },
    linkMade(device, address, route) {
      isSettled = false;
      begun.delete(device);
      links.add(device);
      if (route) routes?.set(address, podRoute(device));
    },
    linkGone(device) {
      isSettled = false;
      begun.delete(device);
      links.delete(device);
    },
    resync() {
      isSettled = false;
      routes = undefined;
      tunnel = undefined;
      isFresh = false;
    },
    heard: (line) => readHeard(line, routeProtocol),
    isSuspicious(heard) {
      if (heard.kind === 'route') return routes?.has(heard.destination) === true && (heard.isGone || !heard.isOwn);
      if (heard.device === tunnelDevice) return applied?.tunnel !== undefined && (heard.isGone || isDown(heard));
      if (heard.kind === 'on a link') return heard.isGone && isUsed(heard.device);
      // the kernel says nothing of routes that go with a link, or with its address
      return (links.has(heard.device) && isDown(heard)) || isUsed(heard.device);
    },
    leadsOut: (heard) => heard.kind === 'link' && heard.isUp && isUsed(heard.device),
    async isThere() {
      if (routes === undefined) return true;
      const [wanted, beginning] = [[...routes], [...begun.values()]];
      const [actual, down] = await Promise.all([readRoutes(run), linksDown()]);
      const isGone = ([destination, rest]: [string, string]) => {
        const device = /\bdev (\S+)/.exec(rest)?.[1];
        // a Pod's link that is being removed meanwhile takes its route with it
        return actual.get(destination) !== rest && (device === undefined || links.has(device) || isUsed(device));
      };
      const known = [...wanted.map(([destination]) => destination), ...routes.keys()];
      const expected = new Set([...known, ...beginning, ...begun.values()]);
      if (down.length > 0 || wanted.some(isGone) || [...actual.keys()].some((one) => !expected.has(one))) return false;
      if (applied?.tunnel === undefined) return true;
      loosenTunnel();
      return hasTunnel(run, tunnelDevice, applied.tunnel);
    },
  };
}
