/** Kinds with few rules. */
import type { KubeObject } from '../../objects.ts';
import { equal } from '../json.ts';
import { endpointAddress, validAddress } from './addresses.ts';
import { labelKey } from './metadata.ts';
import { configKey, dnsLabel, dnsSubdomain } from './names.ts';
import {
  duplicate,
  forbidden,
  invalid,
  invalidFor,
  type Problem,
  required,
  tooLong,
  unsupported,
  type Value,
} from './problem.ts';

const dataLimit = 1024 * 1024;

/** ConfigMaps and Secrets: keys, size, and that what is immutable stays. */
export function keyedData(object: KubeObject, old?: KubeObject): Problem[] {
  const { data = {}, binaryData = {}, stringData = {} } = object;
  const problems: Problem[] = [];
  for (const key of Object.keys(data)) {
    problems.push(...invalidFor(`data[${key}]`, key, configKey(key)));
    if (Object.hasOwn(binaryData, key))
      problems.push(invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
  }
  for (const key of Object.keys(binaryData)) problems.push(...invalidFor(`binaryData[${key}]`, key, configKey(key)));
  const texts = [...Object.values(data), ...Object.values(stringData)] as string[];
  const size =
    texts.reduce((total, text) => total + Buffer.byteLength(text), 0) +
    Object.values(binaryData as Record<string, string>).reduce(
      (total, text) => total + Buffer.byteLength(text, 'base64'),
      0,
    );
  if (size > dataLimit) problems.push(tooLong(object.kind === 'Secret' ? 'data' : '', dataLimit));
  if (old?.['immutable']) {
    if (!object['immutable']) problems.push(forbidden('immutable', 'field is immutable when `immutable` is set'));
    for (const field of ['data', 'binaryData'])
      if (!equal(object[field], old[field]))
        problems.push(forbidden(field, 'field is immutable when `immutable` is set'));
  }
  if (object.kind === 'Secret' && old && object['type'] !== old['type'])
    problems.push(invalid('type', object['type'], 'field is immutable'));
  return problems;
}

const addressTypes = ['FQDN', 'IPv4', 'IPv6'];

function ofFamily(field: string, index: number, text: string, type: string): Problem[] {
  const place = `${field}[${index}]`;
  if (type === 'FQDN') return invalidFor(place, text, dnsSubdomain(text));
  const malformed = validAddress(place, text);
  if (malformed.length > 0) return malformed;
  const family = text.includes(':') ? 'IPv6' : 'IPv4';
  return [
    ...(type === family ? [] : [invalid(field, text, `must be an ${type} address`)]),
    ...endpointAddress(place, text),
  ];
}

/** https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/apis/discovery/validation/validation.go */
export function endpointSlice(object: KubeObject, old?: KubeObject): Problem[] {
  const { addressType, endpoints = [], ports = [] } = object;
  const problems: Problem[] = [];
  if (!addressType) problems.push(required('addressType'));
  else if (!addressTypes.includes(addressType)) problems.push(unsupported('addressType', addressType, addressTypes));
  const names = new Set<string>();
  for (const [index, { name, protocol }] of ports.entries()) {
    const field = `ports[${index}]`;
    if (name) problems.push(...invalidFor(`${field}.name`, name, dnsLabel(name)));
    if (names.has(name)) problems.push(duplicate(`${field}.name`, name));
    names.add(name);
    const protocols = ['SCTP', 'TCP', 'UDP'];
    if (!protocols.includes(protocol)) problems.push(unsupported(`${field}.protocol`, protocol, protocols));
  }
  for (const [index, { addresses = [], hostname }] of endpoints.entries()) {
    const field = `endpoints[${index}]`;
    if (addresses.length === 0) problems.push(required(`${field}.addresses`, 'must contain at least 1 address'));
    for (const [at, address] of addresses.entries())
      problems.push(...ofFamily(`${field}.addresses`, at, address, addressType));
    if (hostname) problems.push(...invalidFor(`${field}.hostname`, hostname, dnsLabel(hostname)));
  }
  if (old && addressType !== old['addressType'])
    problems.push(invalid('addressType', addressType, 'field is immutable'));
  return problems;
}

export function node({ spec = {} }: KubeObject, old?: KubeObject): Problem[] {
  const problems: Problem[] = (spec.taints ?? []).flatMap(({ key = '', effect = '' }: Value, index: number) => {
    const field = `spec.taints[${index}]`;
    const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
    return [
      ...labelKey(`${field}.key`, key),
      ...(effects.includes(effect) ? [] : [unsupported(`${field}.effect`, effect, effects)]),
    ];
  });
  const before = old?.['spec']?.podCIDR;
  if (before && spec.podCIDR !== before)
    problems.push(forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'));
  return problems;
}

export function lease({ spec = {} }: KubeObject): Problem[] {
  const { leaseDurationSeconds: seconds, leaseTransitions: transitions } = spec;
  return [
    ...(seconds <= 0 ? [invalid('spec.leaseDurationSeconds', seconds, 'must be greater than 0')] : []),
    ...(transitions < 0 ? [invalid('spec.leaseTransitions', transitions, 'must be greater than or equal to 0')] : []),
  ];
}

export function roleBinding(object: KubeObject, old?: KubeObject): Problem[] {
  const { roleRef = {} } = object;
  const problems: Problem[] = [];
  const kinds = object.kind === 'ClusterRoleBinding' ? ['ClusterRole'] : ['Role', 'ClusterRole'];
  if (!kinds.includes(roleRef.kind)) problems.push(unsupported('roleRef.kind', roleRef.kind ?? '', kinds));
  if (!roleRef.name) problems.push(required('roleRef.name'));
  if (old && !equal(roleRef, old['roleRef'])) problems.push(invalid('roleRef', roleRef, 'cannot change roleRef'));
  return problems;
}
