/**
 * ClusterIPs and node ports, handed out while a Service is written, as the real API server does. What is in use is
 * found in what is stored: nothing is allocated that no Service holds, and nothing is ever leaked.
 * https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/registry/core/service/storage/alloc.go
 */
import { randomInt } from 'node:crypto';
import type { ApiError, KubeObject } from '../../objects.ts';
import { internal } from '../errors.ts';
import { parseAddress } from '../validation/addresses.ts';
import { invalidObject, Place, type Value } from '../validation/problem.ts';
import { clusterAddresses } from '../validation/service.ts';
import { isHeadless, mayHaveNodePorts, needsClusterIP, needsHealthCheck, needsNodePorts } from './kinds.ts';

export interface Pool {
  first: number;
  last: number;
  /**
   * Where allocation begins. What is below is taken only when asked for by number, or when nothing else is left.
   * https://kubernetes.io/blog/2022/05/23/service-ip-dynamic-and-static-allocation/
   */
  dynamicFrom: number;
}

/** Host parts of 10.96.0.0/16, without the network's own and its broadcast address. */
export const addresses: Pool = { first: 1, last: 65534, dynamicFrom: 257 };
export const nodePorts: Pool = { first: 30000, last: 32767, dynamicFrom: 30086 };

const includes = ({ first, last }: Pool, value: number): boolean => value >= first && value <= last;

/** A free number, or undefined if there is none. A random one: an address should not come back soon. */
export function next({ first, last, dynamicFrom }: Pool, used: ReadonlySet<number>): number | undefined {
  const bands = [
    { from: dynamicFrom, size: last - dynamicFrom + 1 },
    { from: first, size: dynamicFrom - first },
  ];
  for (const { from, size } of bands) {
    const start = randomInt(size);
    for (let step = 0; step < size; step += 1) {
      const value = from + ((start + step) % size);
      if (!used.has(value)) return value;
    }
  }
  return undefined;
}

/** Takes any free number. Throws 500 where there is none. */
function takeNext(pool: Pool, used: Set<number>, what: string): number {
  const value = next(pool, used);
  if (value === undefined) throw internal(`failed to allocate a ${what}: range is full`);
  used.add(value);
  return value;
}

const base = parseAddress('10.96.0.0')?.bits as bigint;
const addressOf = (host: number): string => `10.96.${host >> 8}.${host & 255}`;
const hostOf = (address: string): number => Number((parseAddress(address)?.bits ?? -1n) - base);

/** What other types of Services say of addresses and node ports means nothing: it may be left over from before. */
const hostHeld = (spec: Value): number => hostOf(needsClusterIP(spec) ? (spec.clusterIP ?? '') : '');
const portsHeld = (spec: Value): number[] => {
  if (!mayHaveNodePorts(spec)) return [];
  return [...(spec.ports ?? []).map(({ nodePort }: Value) => nodePort), spec.healthCheckNodePort].filter(Boolean);
};

const held = new WeakMap<KubeObject, { host: number; ports: number[] }>();

/** What a stored Service holds, looked up once: stored objects do not change. */
function heldBy(service: KubeObject) {
  let found = held.get(service);
  if (!found) {
    found = { host: hostHeld(service['spec']), ports: portsHeld(service['spec']) };
    held.set(service, found);
  }
  return found;
}

const refusal = ({ metadata }: KubeObject, { problems }: Place): ApiError =>
  invalidObject({ group: '', kind: 'Service' }, metadata.name, problems);

function invalid(service: KubeObject, path: string, detail: string, value: Value): ApiError {
  const place = new Place(`spec.${path}`, value);
  place.invalid(detail);
  return refusal(service, place);
}

/** Sets clusterIP, clusterIPs, node ports and what depends on them. `others` are the Services that hold some. */
export function allocate(service: KubeObject, others: KubeObject[], old?: KubeObject): void {
  const rest = others.filter(({ metadata }) => metadata.uid !== old?.metadata.uid).map(heldBy);
  if (needsClusterIP(service['spec'])) {
    families(service, old?.['spec']);
    // an address is handed out once; validation sees to it that it stays
    if (!isHeadless(service['spec']) && !(old && needsClusterIP(old['spec'])))
      allocateAddress(service, new Set(rest.map(({ host }) => host)));
  }
  const own = new Set(old ? portsHeld(old['spec']) : []);
  allocatePorts(service, own, new Set([...own, ...rest.flatMap(({ ports }) => ports)]));
}

/** One family only: the cluster has no other. */
function families(service: KubeObject, old: Value): void {
  const spec: Value = service['spec'];
  const selectorless = spec.clusterIP === 'None' && Object.keys(spec.selector ?? {}).length === 0;
  spec.ipFamilyPolicy ??= old?.ipFamilyPolicy ?? (selectorless ? 'RequireDualStack' : 'SingleStack');
  const place = new Place('spec', spec);
  clusterAddresses(place, old);
  if (place.problems.length > 0) throw refusal(service, place);
  const { clusterIP = '', clusterIPs, ipFamilyPolicy: policy } = spec;
  if (!selectorless) {
    if (!isHeadless(spec) && parseAddress(clusterIP)?.family === 6)
      throw invalid(service, 'clusterIPs[0]', 'IPv6 is not configured on this cluster', clusterIPs);
    if (policy === 'RequireDualStack')
      throw invalid(service, 'ipFamilyPolicy', 'this cluster is not configured for dual-stack services', policy);
    const foreign = (spec.ipFamilies ?? []).indexOf('IPv6');
    if (foreign !== -1) throw invalid(service, `ipFamilies[${foreign}]`, 'not configured on this cluster', 'IPv6');
  }
  spec.ipFamilies ??= ['IPv4'];
  if (selectorless && spec.ipFamilies.length === 1 && policy !== 'SingleStack')
    spec.ipFamilies = [spec.ipFamilies[0], spec.ipFamilies[0] === 'IPv4' ? 'IPv6' : 'IPv4'];
}

function allocateAddress(service: KubeObject, used: Set<number>): void {
  const spec: Value = service['spec'];
  if (!spec.clusterIP) {
    spec.clusterIP = addressOf(takeNext(addresses, used, 'serviceIP'));
    spec.clusterIPs = [spec.clusterIP];
    return;
  }
  const host = hostOf(spec.clusterIP);
  const failed = (why: string) =>
    invalid(service, 'clusterIPs', `failed to allocate IP ${spec.clusterIP}: ${why}`, spec.clusterIPs);
  if (!includes(addresses, host)) throw failed('the provided network does not match the current range');
  if (used.has(host)) throw failed('provided IP is already allocated');
}

/** `own`: what the Service held before, which is among those that are `used`. */
function allocatePorts(service: KubeObject, own: Set<number>, used: Set<number>): void {
  const spec: Value = service['spec'];
  const take = (index: number, port: number): number => {
    if (own.has(port)) return port;
    const failed = (why: string) => invalid(service, `ports[${index}].nodePort`, why, port);
    const { first, last } = nodePorts;
    if (!includes(nodePorts, port))
      throw failed(`provided port is not in the valid range. The range of valid ports is ${first}-${last}`);
    if (used.has(port)) throw failed('provided port is already allocated');
    used.add(port);
    return port;
  };

  const given: Value[] = mayHaveNodePorts(spec) ? (spec.ports ?? []) : [];
  /** One number serves a port of the same number in another protocol too. */
  const shared = new Map<number, number>();
  for (const [index, port] of given.entries()) {
    if (!port.nodePort && !needsNodePorts(spec)) continue;
    const asked = port.nodePort || given.find((each) => each.port === port.port && each.nodePort)?.nodePort;
    const known = shared.get(port.port);
    if (known !== undefined && (!port.nodePort || port.nodePort === known)) port.nodePort = known;
    else port.nodePort = asked ? take(index, asked) : takeNext(nodePorts, used, 'nodePort');
    if (known === undefined) shared.set(port.port, port.nodePort);
  }
  if (needsHealthCheck(spec) && !spec.healthCheckNodePort)
    spec.healthCheckNodePort = takeNext(nodePorts, used, 'nodePort');
}
