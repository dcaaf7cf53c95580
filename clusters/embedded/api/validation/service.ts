/**
 * https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/apis/core/validation/validation.go (validateService,
 * ValidateServiceClusterIPsRelatedFields)
 */
import type { KubeObject } from '../../objects.ts';
import { equal } from '../json.ts';
import { isExternal, isHeadless, needsHealthCheck } from '../services/kinds.ts';
import { address, cidr, endpointAddress, parseAddress } from './addresses.ts';
import { protocols } from './container.ts';
import { labels } from './metadata.ts';
import { dnsLabel, dnsSubdomain, portNumber, portNumberOrName, qualifiedName } from './names.ts';
import { Place, type Value } from './problem.ts';

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
function unchanged(spec: Place, old: Value): void {
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

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];

function byType(spec: Place): void {
  const { type, clusterIPs = [], ipFamilies = [], ipFamilyPolicy, externalName = '' } = spec.value;
  const headless = isHeadless(spec.value);
  if (spec.at('ports').items().length === 0 && !headless && type !== 'ExternalName') spec.at('ports').required();
  if ((type === 'LoadBalancer' || type === 'NodePort') && headless)
    spec.at('clusterIPs[0]').invalid(`may not be set to 'None' for ${type} services`, clusterIPs[0]);
  if (type !== 'ExternalName') return;
  const none = 'may not be set for ExternalName services';
  if (clusterIPs.length > 0) spec.at('clusterIPs').forbidden(none);
  if (ipFamilies.length > 0) spec.at('ipFamilies').forbidden(none);
  if (ipFamilyPolicy !== undefined) spec.at('ipFamilyPolicy').forbidden(none);
  new Place('spec.externalName', externalName.replace(/\.$/, ''), spec.problems).present(dnsSubdomain);
}

function ports(list: Place): void {
  const names = new Set<string>();
  const given = list.items();
  for (const port of given) {
    const name = port.at('name');
    if (name.value) {
      name.follow(dnsLabel);
      name.unique(names);
    } else if (given.length > 1) name.required();
    port.at('port').follow(portNumber, port.value.port ?? 0);
    port.at('protocol').choice(protocols);
    port.at('targetPort').follow(portNumberOrName);
    if (port.value.appProtocol !== undefined) port.at('appProtocol').follow(qualifiedName);
  }
}

/** The same protocol and number twice, of node ports and then of ports. */
function repeated(list: Place): void {
  const [nodePorts, numbers] = [new Set(), new Set()];
  for (const port of list.items()) {
    const { protocol, nodePort } = port.value;
    if (nodePort) port.at('nodePort').unique(nodePorts, `${protocol} ${nodePort}`, nodePort);
  }
  for (const port of list.items()) {
    const { protocol: Protocol, port: Port } = port.value;
    // the internal type that the real server prints here, whose fields have no JSON names
    const shown = { Name: '', Protocol, AppProtocol: null, Port, TargetPort: 0, NodePort: 0 };
    port.unique(numbers, `${Protocol} ${Port}`, shown);
  }
}

const longestAffinity = 86400;

function affinity(spec: Place): void {
  const { sessionAffinity, sessionAffinityConfig } = spec.value;
  spec.at('sessionAffinity').choice(['ClientIP', 'None']);
  const config = spec.at('sessionAffinityConfig');
  const seconds = config.at('clientIP').at('timeoutSeconds');
  if (sessionAffinity === 'ClientIP' && (seconds.value <= 0 || seconds.value > longestAffinity))
    seconds.invalid(`must be greater than 0 and less than ${longestAffinity}`);
  if (sessionAffinity === 'None' && sessionAffinityConfig !== undefined)
    config.forbidden('must not be set when session affinity is None');
}

function loadBalancer(spec: Place): void {
  const { type, loadBalancerSourceRanges, loadBalancerClass } = spec.value;
  const only = "may only be used when `type` is 'LoadBalancer'";
  const is = type === 'LoadBalancer';
  // the field's name begins with a capital in the real server's message too
  const ranges = new Place('spec.LoadBalancerSourceRanges', loadBalancerSourceRanges, spec.problems);
  if (ranges.items().length > 0 && !is) ranges.forbidden(only);
  for (const range of ranges.items()) range.follow(cidr, range.value.trim());
  if (!is) spec.without(only, 'allocateLoadBalancerNodePorts', 'loadBalancerClass');
  else if (loadBalancerClass !== undefined) spec.at('loadBalancerClass').follow(qualifiedName);
}

function traffic(spec: Place): void {
  const { type, healthCheckNodePort, internalTrafficPolicy, trafficDistribution } = spec.value;
  const policies = ['Cluster', 'Local'];
  const external = spec.at('externalTrafficPolicy');
  if (isExternal(spec.value)) external.choice(policies);
  else if (external.value) external.invalid('may only be set for externally-accessible services');
  const check = spec.at('healthCheckNodePort');
  if (healthCheckNodePort && !needsHealthCheck(spec.value))
    check.invalid("may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
  else check.optional(portNumber);
  if (internalTrafficPolicy !== undefined || (type !== 'ExternalName' && types.includes(type)))
    spec.at('internalTrafficPolicy').choice(policies);
  if (trafficDistribution !== undefined)
    spec.at('trafficDistribution').oneOf(['PreferClose', 'PreferSameZone', 'PreferSameNode']);
}

export function service(object: Place, old?: KubeObject): void {
  const spec = object.at('spec');
  const before = old?.['spec'];
  if (before) unchanged(spec, before);
  byType(spec);
  ports(spec.at('ports'));
  labels(spec.at('selector'));
  affinity(spec);
  clusterAddresses(spec, before);
  for (const each of spec.at('externalIPs').items())
    if (before?.externalIPs?.includes(each.value) || each.follow(address)) each.follow(endpointAddress);
  spec.at('type').choice(types);
  if (spec.value.type === 'ClusterIP')
    for (const port of spec.at('ports').items())
      if (port.value.nodePort) port.at('nodePort').forbidden("may not be used when `type` is 'ClusterIP'");
  repeated(spec.at('ports'));
  loadBalancer(spec);
  traffic(spec);
}
