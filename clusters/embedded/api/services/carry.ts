/**
 * A client that replaces a Service need not repeat what it was given, nor remove what its new type has no use for.
 * https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/registry/core/service/storage/storage.go (patchAllocatedValues)
 */
import { equal } from '../json.ts';
import type { Value } from '../validation/problem.ts';
import { isExternal, mayHaveNodePorts, needsClusterIP, needsHealthCheck, needsNodePorts } from './kinds.ts';

const nodePortsOf = ({ ports = [] }: Value): number[] => ports.map(({ nodePort }: Value) => nodePort).filter(Boolean);

/** clusterIP and clusterIPs say the same; a client may give the singular alone. */
function pair(spec: Value, old: Value = {}): void {
  if (old.clusterIP === spec.clusterIP) {
    if (!spec.clusterIPs && old.clusterIPs) spec.clusterIPs = old.clusterIPs;
  } else if (equal(spec.clusterIPs, old.clusterIPs)) {
    if (!spec.clusterIP) delete spec.clusterIPs;
    else spec.clusterIPs = [spec.clusterIP];
  }
}

function keep(spec: Value, old: Value): void {
  if (needsClusterIP(spec) && needsClusterIP(old)) {
    if (!spec.clusterIP && old.clusterIP) spec.clusterIP = old.clusterIP;
    if (!spec.clusterIPs && old.clusterIPs) spec.clusterIPs = old.clusterIPs;
  }
  if (needsNodePorts(spec) && needsNodePorts(old)) {
    const used = nodePortsOf(old).filter((port) => nodePortsOf(spec).includes(port));
    const byName = new Map((old.ports ?? []).map(({ name, nodePort }: Value) => [name ?? '', nodePort]));
    for (const port of spec.ports ?? []) {
      const before = byName.get(port.name ?? '');
      if (!port.nodePort && before && !used.includes(before as number)) port.nodePort = before;
    }
  }
  if (needsHealthCheck(spec) && needsHealthCheck(old)) spec.healthCheckNodePort ??= old.healthCheckNodePort;
}

/** Drops what the new type has no use for, where the client left it as it was. */
function drop(spec: Value, old: Value): void {
  const dropSame = (...fields: string[]) => {
    for (const field of fields) if (equal(spec[field], old[field])) delete spec[field];
  };
  if (needsClusterIP(old) && !needsClusterIP(spec)) {
    if (equal(spec.clusterIP, old.clusterIP) && equal(spec.clusterIPs, old.clusterIPs))
      dropSame('clusterIP', 'clusterIPs');
    dropSame('ipFamilies', 'ipFamilyPolicy');
  }
  if (mayHaveNodePorts(old) && !mayHaveNodePorts(spec))
    if (nodePortsOf(spec).every((port) => nodePortsOf(old).includes(port)))
      for (const port of spec.ports ?? []) delete port.nodePort;
  if (needsHealthCheck(old) && !needsHealthCheck(spec)) dropSame('healthCheckNodePort');
  if (old.type === 'LoadBalancer' && spec.type !== 'LoadBalancer')
    dropSame('allocateLoadBalancerNodePorts', 'loadBalancerClass');
  if (isExternal(old) && !isExternal(spec)) dropSame('externalTrafficPolicy');
}

/** Readies the spec of a new or changed Service for allocation. Changes `spec`. */
export function carry(spec: Value, old?: Value): void {
  if (old) keep(spec, old);
  pair(spec, old);
  if (old) drop(spec, old);
  if (!needsClusterIP(spec)) delete spec.internalTrafficPolicy;
}
