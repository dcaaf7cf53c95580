/** Kinds with few rules. */
import type { KubeObject } from '../../objects.ts';
import { equal } from '../json.ts';
import { address, endpointAddress } from './addresses.ts';
import { protocols } from './container.ts';
import { configKey, dnsLabel, dnsSubdomain, qualifiedName } from './names.ts';
import { taintEffects } from './pod.ts';
import type { Place } from './problem.ts';

const dataLimit = 1024 * 1024;

/** ConfigMaps and Secrets: keys, size, and that what is immutable stays. */
export function keyedData(object: Place, old?: KubeObject): void {
  const { kind, data = {}, binaryData = {}, immutable, type } = object.value;
  for (const key of Object.keys(data)) {
    object.at(`data[${key}]`).follow(configKey, key);
    if (Object.hasOwn(binaryData, key))
      object.at(`data[${key}]`).invalid('duplicate of key present in binaryData', key);
  }
  for (const key of Object.keys(binaryData)) object.at(`binaryData[${key}]`).follow(configKey, key);
  const bytes = (texts: object, encoding: BufferEncoding) =>
    Object.values(texts).reduce((total: number, text: string) => total + Buffer.byteLength(text, encoding), 0);
  if (bytes(data, 'utf8') + bytes(binaryData, 'base64') > dataLimit)
    (kind === 'Secret' ? object.at('data') : object).tooLong(dataLimit);
  if (old?.['immutable']) {
    const stays = 'field is immutable when `immutable` is set';
    if (!immutable) object.at('immutable').forbidden(stays);
    for (const field of ['data', 'binaryData'])
      if (!equal(object.value[field], old[field])) object.at(field).forbidden(stays);
  }
  if (kind === 'Secret' && old && type !== old['type']) object.at('type').invalid('field is immutable');
}

function addressOfType(addresses: Place, item: Place, type: string): void {
  if (type === 'FQDN') return void item.follow(dnsSubdomain);
  if (!item.follow(address)) return;
  const family = item.value.includes(':') ? 'IPv6' : 'IPv4';
  if (type !== family) addresses.invalid(`must be an ${type} address`, item.value);
  item.follow(endpointAddress);
}

/** https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/apis/discovery/validation/validation.go */
export function endpointSlice(object: Place, old?: KubeObject): void {
  const type = object.at('addressType');
  type.choice(['FQDN', 'IPv4', 'IPv6']);
  const names = new Set<string>();
  for (const port of object.at('ports').items()) {
    port.at('name').optional(dnsLabel);
    port.at('name').unique(names);
    port.at('protocol').oneOf(protocols);
  }
  for (const endpoint of object.at('endpoints').items()) {
    const addresses = endpoint.at('addresses');
    if (addresses.items().length === 0) addresses.required('must contain at least 1 address');
    for (const item of addresses.items()) addressOfType(addresses, item, type.value);
    endpoint.at('hostname').optional(dnsLabel);
  }
  if (old && type.value !== old['addressType']) type.invalid('field is immutable');
}

export function node(object: Place, old?: KubeObject): void {
  const spec = object.at('spec');
  for (const taint of spec.at('taints').items()) {
    const { key = '', effect = '' } = taint.value;
    taint.at('key').follow(qualifiedName, key);
    if (!taintEffects.includes(effect)) taint.at('effect').unsupported(taintEffects, effect);
  }
  const before = old?.['spec']?.podCIDR;
  if (before && spec.value?.podCIDR !== before)
    spec.at('podCIDRs').forbidden('node updates may not change podCIDR except from "" to valid');
}

export function lease(object: Place): void {
  const spec = object.at('spec');
  spec.at('leaseDurationSeconds').positive();
  spec.nonNegative('leaseTransitions');
}

export function roleBinding(object: Place, old?: KubeObject): void {
  const roleRef = object.at('roleRef');
  const { kind = '' } = roleRef.value ?? {};
  const kinds = object.value.kind === 'ClusterRoleBinding' ? ['ClusterRole'] : ['Role', 'ClusterRole'];
  if (!kinds.includes(kind)) roleRef.at('kind').unsupported(kinds, kind);
  roleRef.at('name').present();
  if (old && !equal(roleRef.value ?? {}, old['roleRef'])) roleRef.invalid('cannot change roleRef', roleRef.value ?? {});
}
