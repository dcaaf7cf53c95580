/**
 * ClusterIPs and node ports, handed out while a Service is written, as the real API server does.
 * https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/registry/core/service/storage/alloc.go
 */
import type { KubeObject } from '../../objects.ts';
import { ApiError } from '../../objects.ts';
import { parseAddress } from '../validation/addresses.ts';
import { invalid, invalidObject, type Problem, type Value } from '../validation/problem.ts';
import { clusterAddresses } from '../validation/service-addresses.ts';
import { isHeadless, needsClusterIP, needsHealthCheck, needsNodePorts } from './kinds.ts';
import { addresses, includes, next, nodePorts, type Pool } from './pool.ts';

const base = parseAddress('10.96.0.0')?.bits as bigint;

const addressOf = (host: number): string => `10.96.${host >> 8}.${host & 255}`;
const hostOf = (address: string): number => Number((parseAddress(address)?.bits ?? -1n) - base);

const exhausted = (what: string) =>
  new ApiError(500, 'InternalError', `Internal error occurred: failed to allocate a ${what}: range is full`);

/** Takes numbers for one Service: beside those of others, each of its own only once. */
class Allocation {
  readonly #pool: Pool;
  readonly #used: Set<number>;

  constructor(pool: Pool, used: Iterable<number>) {
    this.#pool = pool;
    this.#used = new Set(used);
  }

  /** Takes this one. Returns what is wrong with it, if anything is. */
  take(value: number): 'range' | 'taken' | undefined {
    if (!includes(this.#pool, value)) return 'range';
    if (this.#used.has(value)) return 'taken';
    this.#used.add(value);
    return undefined;
  }

  next(): number | undefined {
    const value = next(this.#pool, this.#used);
    if (value !== undefined) this.#used.add(value);
    return value;
  }
}

interface Held {
  host: number;
  ports: number[];
}

const held = new WeakMap<KubeObject, Held>();

/** What a stored Service holds, looked up once: stored objects do not change. */
function heldBy(service: KubeObject): Held {
  let found = held.get(service);
  if (!found) {
    found = { host: hostOf(addressHeld(service['spec'])), ports: portsOf(service['spec']) };
    held.set(service, found);
  }
  return found;
}

const refuse = (service: KubeObject, ...problems: Problem[]) =>
  invalidObject({ group: '', kind: 'Service' }, service.metadata.name, problems);

/** Sets clusterIP, clusterIPs, node ports and what depends on them. `others` are the Services that hold some already. */
export function allocate(service: KubeObject, others: Iterable<KubeObject>, old?: KubeObject): void {
  const spec: Value = service['spec'];
  const rest = [...others].filter(({ metadata }) => metadata.uid !== old?.metadata.uid || old === undefined);
  families(service, old?.['spec']);
  allocateAddress(service, spec, rest, old?.['spec']);
  allocatePorts(service, spec, rest, old?.['spec']);
}

/** One family only: the cluster has no other. */
function families(service: KubeObject, old: Value): void {
  const spec: Value = service['spec'];
  if (!needsClusterIP(spec)) return;
  const selectorless = spec.clusterIP === 'None' && Object.keys(spec.selector ?? {}).length === 0;
  spec.ipFamilyPolicy ??= old?.ipFamilyPolicy ?? (selectorless ? 'RequireDualStack' : 'SingleStack');
  const problems = clusterAddresses(spec, old);
  if (problems.length > 0) throw refuse(service, ...problems);
  if (selectorless) {
    spec.ipFamilies ??= ['IPv4'];
    if (spec.ipFamilies.length === 1 && spec.ipFamilyPolicy !== 'SingleStack')
      spec.ipFamilies = [spec.ipFamilies[0], spec.ipFamilies[0] === 'IPv4' ? 'IPv6' : 'IPv4'];
    return;
  }
  if (!isHeadless(spec) && parseAddress(spec.clusterIP ?? '')?.family === 6)
    throw refuse(service, invalid('spec.clusterIPs[0]', spec.clusterIPs, 'IPv6 is not configured on this cluster'));
  if (spec.ipFamilyPolicy === 'RequireDualStack')
    throw refuse(
      service,
      invalid('spec.ipFamilyPolicy', spec.ipFamilyPolicy, 'this cluster is not configured for dual-stack services'),
    );
  const foreign = (spec.ipFamilies ?? []).indexOf('IPv6');
  if (foreign !== -1)
    throw refuse(service, invalid(`spec.ipFamilies[${foreign}]`, 'IPv6', 'not configured on this cluster'));
  spec.ipFamilies ??= ['IPv4'];
}

function allocateAddress(service: KubeObject, spec: Value, others: KubeObject[], old: Value): void {
  if (!needsClusterIP(spec) || isHeadless(spec)) return;
  // an address is handed out once; validation sees to it that it stays
  if (old && needsClusterIP(old)) return;
  const used = others.map((each) => heldBy(each).host);
  const allocation = new Allocation(addresses, used);
  if (!spec.clusterIP) {
    const host = allocation.next();
    if (host === undefined) throw exhausted('serviceIP');
    spec.clusterIP = addressOf(host);
    spec.clusterIPs = [spec.clusterIP];
    return;
  }
  const refused = allocation.take(hostOf(spec.clusterIP));
  if (!refused) return;
  const why =
    refused === 'taken' ? 'provided IP is already allocated' : `the provided network does not match the current range`;
  throw refuse(service, invalid('spec.clusterIPs', spec.clusterIPs, `failed to allocate IP ${spec.clusterIP}: ${why}`));
}

/** An address that an ExternalName Service names means nothing: it may be left over from the client's last write. */
const addressHeld = (spec: Value): string => (needsClusterIP(spec) ? (spec.clusterIP ?? '') : '');

/** A node port that another type of Service names means nothing. */
const portsOf = ({ type, ports = [], healthCheckNodePort }: Value): number[] =>
  type === 'NodePort' || type === 'LoadBalancer'
    ? [...ports.map(({ nodePort }: Value) => nodePort), healthCheckNodePort].filter(Boolean)
    : [];

function allocatePorts(service: KubeObject, spec: Value, others: KubeObject[], old: Value): void {
  const own = new Set(old ? portsOf(old) : []);
  const allocation = new Allocation(
    nodePorts,
    others.flatMap((each) => heldBy(each).ports),
  );
  for (const port of own) allocation.take(port);
  /** One number serves a port of the same number in another protocol too. */
  const shared = new Map<number, number>();

  const take = (index: number, nodePort: number) => {
    const refused = own.has(nodePort) ? undefined : allocation.take(nodePort);
    if (!refused) return;
    const why =
      refused === 'taken'
        ? 'provided port is already allocated'
        : `provided port is not in the valid range. The range of valid ports is ${nodePorts.first}-${nodePorts.last}`;
    throw refuse(service, invalid(`spec.ports[${index}].nodePort`, nodePort, why));
  };
  const free = (): number => {
    const port = allocation.next();
    if (port === undefined) throw exhausted('nodePort');
    return port;
  };

  if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') {
    const given = spec.ports ?? [];
    for (const [index, port] of given.entries()) {
      if (!port.nodePort && !needsNodePorts(spec)) continue;
      const asked = port.nodePort || given.find((each: Value) => each.port === port.port && each.nodePort)?.nodePort;
      const known = shared.get(port.port);
      if (known !== undefined && (!port.nodePort || port.nodePort === known)) port.nodePort = known;
      else if (asked) {
        take(index, asked);
        port.nodePort = asked;
      } else port.nodePort = free();
      if (known === undefined) shared.set(port.port, port.nodePort);
    }
  }
  if (needsHealthCheck(spec) && !spec.healthCheckNodePort) spec.healthCheckNodePort = free();
}
