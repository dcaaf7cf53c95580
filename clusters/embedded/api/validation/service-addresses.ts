/**
 * Addresses of a Service: what they may be, and that they stay.
 * https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/apis/core/validation/validation.go
 * (ValidateServiceClusterIPsRelatedFields)
 */
import { equal } from '../json.ts';
import { isHeadless, needsHealthCheck } from '../services/kinds.ts';
import { address, parseAddress } from './addresses.ts';
import type { Place, Value } from './problem.ts';

/** clusterIP, clusterIPs and ipFamilies must agree. Also asked before addresses are handed out. */
export function clusterAddresses(spec: Place, old?: Value): void {
  const { type, clusterIP = '', clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = spec.value;
  if (type === 'ExternalName') return;
  const addresses = spec.at('clusterIPs');
  if (clusterIP === '') {
    if (clusterIPs.length > 0) addresses.invalid('must be empty when `clusterIP` is not specified');
  } else if (clusterIPs.length === 0) addresses.required();
  else if (clusterIPs[0] !== clusterIP) addresses.invalid('first value must match `clusterIP`');

  const families = ['IPv4', 'IPv6'];
  const seen = new Set<string>();
  for (const family of spec.at('ipFamilies').items()) {
    family.oneOf(families);
    family.unique(seen);
  }
  if (ipFamilyPolicy !== undefined)
    spec.at('ipFamilyPolicy').oneOf(['PreferDualStack', 'RequireDualStack', 'SingleStack']);

  const before = spec.problems.length;
  const [first, ...others] = addresses.items();
  const isNone = first?.value === 'None';
  if (isNone && others.length > 0) addresses.invalid("'None' must be the first and only value");
  for (const each of isNone ? others : addresses.items())
    if (!old?.clusterIPs?.includes(each.value)) each.follow(address);
  const isMalformed = spec.problems.length > before;
  if (clusterIPs.length > 2) addresses.invalid('may only hold up to 2 values');
  if (isMalformed) return;

  const familyOf = (text: string) => `IPv${parseAddress(text)?.family}`;
  if (clusterIPs.length > 1 && new Set(clusterIPs.map(familyOf)).size < clusterIPs.length)
    addresses.invalid('may specify no more than one IP for each IP family');
  if (clusterIP === 'None') return;
  for (const [index, each] of addresses.items().entries()) {
    const family = ipFamilies[index];
    if (families.includes(family) && family !== familyOf(each.value))
      each.invalid(`expected an ${family} value as indicated by \`ipFamilies[${index}]\``);
  }
}

/** Addresses and families that were handed out stay, but for a change from or to ExternalName. */
export function unchanged(spec: Place, old: Value): void {
  const now = spec.value;
  if (now.type === 'ExternalName' || old.type === 'ExternalName') return;
  const stays = 'may not change once set';
  const addresses: string[] = now.clusterIPs ?? [];
  if (!isHeadless(now) || !isHeadless(old))
    for (const [index, address] of (old.clusterIPs ?? []).entries()) {
      const place = spec.at(`clusterIPs[${index}]`);
      if (addresses.length === 0 && index === 0) place.invalid('primary clusterIP can not be unset', addresses);
      else if (addresses[index] !== address && index < addresses.length) place.invalid(stays, addresses);
    }
  if (!isHeadless(now) && !isHeadless(old) && !equal(now.ipFamilies, old.ipFamilies))
    spec.at('ipFamilies[0]').invalid(stays, now.ipFamilies);
  if (now.type === 'LoadBalancer' && old.type === 'LoadBalancer' && now.loadBalancerClass !== old.loadBalancerClass)
    spec.at('loadBalancerClass').invalid(stays);
  if (needsHealthCheck(now) && needsHealthCheck(old) && now.healthCheckNodePort !== old.healthCheckNodePort)
    spec.at('healthCheckNodePort').forbidden('field is immutable');
}
