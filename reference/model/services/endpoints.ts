import { canonicalAddress } from '../cidr.ts';
import type { EndpointSliceObject, Protocol } from '../objects.ts';
import type { Endpoint } from './types.ts';

/** One endpoint of one Service port, from all slices that name it. */
interface Candidate extends Endpoint {
  ready: boolean;
  serving: boolean;
  terminating: boolean;
  local: boolean;
}

/** Endpoints for new connections, and those that only keep the connections they have. */
interface Chosen {
  endpoints: Endpoint[];
  draining: Endpoint[];
}

export interface PortEndpoints {
  cluster: Chosen;
  /** Of this node only, as traffic policy Local asks. */
  readonly local: Chosen;
}

/**
 * Endpoints of the Service port that slices call `name` ('' without a name). Conditions unknown: ready means yes,
 * serving means as ready, terminating means no
 * (https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions). Only the first address of an
 * endpoint counts (its API documentation). One that several slices list is ready if any says so.
 */
export function endpointsOf(
  slices: EndpointSliceObject[],
  name: string,
  protocol: Protocol,
  node: string,
): PortEndpoints {
  const candidates = new Map<string, Candidate>();
  for (const slice of slices) {
    for (const port of slice.ports ?? []) {
      if ((port.name ?? '') !== name || (port.protocol ?? 'TCP') !== protocol) continue;
      if (port.port === undefined || port.port === null) continue;
      for (const { addresses, conditions, nodeName } of slice.endpoints ?? []) {
        const address = canonicalAddress(addresses[0]);
        if (address === undefined) continue;
        const ready = conditions?.ready ?? true;
        const seen = candidates.get(`${address}:${port.port}`);
        candidates.set(`${address}:${port.port}`, {
          address,
          port: port.port,
          ready: ready || seen?.ready === true,
          serving: (conditions?.serving ?? ready) || seen?.serving === true,
          terminating: conditions?.terminating ?? false,
          local: nodeName === node || seen?.local === true,
        });
      }
    }
  }
  const all = [...candidates.values()];
  return {
    cluster: choose(all),
    get local() {
      return choose(all.filter(({ local }) => local));
    },
  };
}

/** Most lists are empty, and then all are the same one. */
const nothing: never[] = [];

/** A list that was built up has room for more, and there are thousands of them: a copy is exactly as long as it is. */
export const exactly = <T>(list: T[]): T[] => (list.length === 0 ? nothing : list.slice());

/**
 * Ready endpoints; if there are none, those that are terminating but still serve, so that the last one of a rolling
 * update is not lost before its successor is known:
 * https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1669-proxy-terminating-endpoints
 */
function choose(candidates: Candidate[]): Chosen {
  const ready = candidates.filter((candidate) => candidate.ready);
  const chosen = ready.length > 0 ? ready : candidates.filter(({ serving, terminating }) => serving && terminating);
  const draining = candidates.filter((candidate) => candidate.serving && !chosen.includes(candidate));
  const plain = ({ address, port }: Candidate) => ({ address, port });
  return { endpoints: chosen.map(plain), draining: exactly(draining.map(plain)) };
}

/** Addresses of this node's ready endpoints, over all ports: what a load balancer's health check asks for. */
export function readyHere(slices: EndpointSliceObject[], node: string): number {
  const here = slices
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ nodeName, conditions }) => nodeName === node && (conditions?.ready ?? true));
  return new Set(here.flatMap(({ addresses }) => canonicalAddress(addresses[0]) ?? [])).size;
}
