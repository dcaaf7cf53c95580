/**
 * Addresses of a Service: what they may be, and that they stay.
 * https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/apis/core/validation/validation.go (ValidateServiceClusterIPsRelatedFields)
 */
import { equal } from '../json.ts';
import { isHeadless, needsHealthCheck } from '../services/kinds.ts';
import { parseAddress, validAddress } from './addresses.ts';
import { duplicate, forbidden, invalid, type Problem, required, unsupported, type Value } from './problem.ts';

/** clusterIP, clusterIPs and ipFamilies must agree. Also asked before addresses are handed out. */
export function clusterAddresses(
  { type, clusterIP = '', clusterIPs = [], ipFamilies = [], ipFamilyPolicy }: Value,
  old?: Value,
): Problem[] {
  if (type === 'ExternalName') return [];
  const field = 'spec.clusterIPs';
  const problems: Problem[] = [];
  if (clusterIP !== '') {
    if (clusterIPs.length === 0) problems.push(required(field));
    else if (clusterIPs[0] !== clusterIP)
      problems.push(invalid(field, clusterIPs, 'first value must match `clusterIP`'));
  } else if (clusterIPs.length > 0)
    problems.push(invalid(field, clusterIPs, 'must be empty when `clusterIP` is not specified'));

  const families = ['IPv4', 'IPv6'];
  for (const [index, family] of ipFamilies.entries()) {
    const place = `spec.ipFamilies[${index}]`;
    if (!families.includes(family)) problems.push(unsupported(place, family, families));
    if (ipFamilies.indexOf(family) < index) problems.push(duplicate(place, family));
  }
  const policies = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
  if (ipFamilyPolicy !== undefined && !policies.includes(ipFamilyPolicy))
    problems.push(unsupported('spec.ipFamilyPolicy', ipFamilyPolicy, policies));

  const malformed: Problem[] = [];
  for (const [index, address] of clusterIPs.entries()) {
    if (index === 0 && address === 'None') {
      if (clusterIPs.length > 1) malformed.push(invalid(field, clusterIPs, "'None' must be the first and only value"));
    } else malformed.push(...validAddress(`${field}[${index}]`, address, old?.clusterIPs));
  }
  problems.push(...malformed);
  if (clusterIPs.length > 2) problems.push(invalid(field, clusterIPs, 'may only hold up to 2 values'));
  if (malformed.length > 0) return problems;

  const familyOf = (address: string) => `IPv${parseAddress(address)?.family}`;
  if (clusterIPs.length > 1 && new Set(clusterIPs.map(familyOf)).size < clusterIPs.length)
    problems.push(invalid(field, clusterIPs, 'may specify no more than one IP for each IP family'));
  if (clusterIP !== 'None')
    for (const [index, address] of clusterIPs.entries())
      if (families.includes(ipFamilies[index]) && ipFamilies[index] !== familyOf(address))
        problems.push(
          invalid(
            `${field}[${index}]`,
            address,
            `expected an ${ipFamilies[index]} value as indicated by \`ipFamilies[${index}]\``,
          ),
        );
  return problems;
}

/** Addresses and families that were handed out stay, but for a change from or to ExternalName. */
export function unchanged(spec: Value, old: Value): Problem[] {
  if (spec.type === 'ExternalName' || old.type === 'ExternalName') return [];
  const before = old.clusterIPs ?? [];
  const now = spec.clusterIPs ?? [];
  const problems: Problem[] = [];
  if (!(isHeadless(spec) && isHeadless(old)))
    for (const [index, address] of before.entries()) {
      if (now.length === 0 && index === 0)
        problems.push(invalid('spec.clusterIPs[0]', now, 'primary clusterIP can not be unset'));
      else if (now[index] !== address && index < now.length)
        problems.push(invalid(`spec.clusterIPs[${index}]`, now, 'may not change once set'));
    }
  if (!isHeadless(spec) && !isHeadless(old) && !equal(spec.ipFamilies, old.ipFamilies))
    problems.push(invalid('spec.ipFamilies[0]', spec.ipFamilies, 'may not change once set'));
  if (spec.type === 'LoadBalancer' && old.type === 'LoadBalancer' && spec.loadBalancerClass !== old.loadBalancerClass)
    problems.push(invalid('spec.loadBalancerClass', spec.loadBalancerClass, 'may not change once set'));
  if (needsHealthCheck(spec) && needsHealthCheck(old) && spec.healthCheckNodePort !== old.healthCheckNodePort)
    problems.push(forbidden('spec.healthCheckNodePort', 'field is immutable'));
  return problems;
}
