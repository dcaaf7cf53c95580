/** https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/apis/core/validation/validation.go (validateService) */
import type { KubeObject } from '../../objects.ts';
import { isExternal, isHeadless, needsHealthCheck } from '../services/kinds.ts';
import { address, cidr, endpointAddress } from './addresses.ts';
import { protocols } from './container.ts';
import { labels } from './metadata.ts';
import { dnsLabel, dnsSubdomain, portNumber, portNumberOrName, qualifiedName } from './names.ts';
import { Place } from './problem.ts';
import { clusterAddresses, unchanged } from './service-addresses.ts';

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
