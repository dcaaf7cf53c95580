/** https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/apis/core/validation/validation.go (validateService) */
import type { KubeObject } from '../../objects.ts';
import { isExternal, isHeadless, needsHealthCheck } from '../services/kinds.ts';
import { endpointAddress, validAddress, validCidr } from './addresses.ts';
import { labels } from './metadata.ts';
import { dnsLabel, dnsSubdomain, portNumber, portNumberOrName, qualifiedName } from './names.ts';
import {
  duplicate,
  forbidden,
  invalid,
  invalidFor,
  type Problem,
  required,
  unsupported,
  type Value,
} from './problem.ts';
import { clusterAddresses, unchanged } from './service-addresses.ts';

const protocols = ['SCTP', 'TCP', 'UDP'];
const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];

function oneOf(field: string, value: string | undefined, supported: string[]): Problem[] {
  if (!value) return [required(field)];
  return supported.includes(value) ? [] : [unsupported(field, value, supported)];
}

function ports({ ports: given = [], type }: Value): Problem[] {
  const problems: Problem[] = [];
  const names = new Set<string>();
  for (const [index, { name, port, protocol, targetPort, appProtocol }] of given.entries()) {
    const field = `spec.ports[${index}]`;
    if (name) {
      problems.push(...invalidFor(`${field}.name`, name, dnsLabel(name)));
      if (names.has(name)) problems.push(duplicate(`${field}.name`, name));
      names.add(name);
    } else if (given.length > 1) problems.push(required(`${field}.name`));
    problems.push(...invalidFor(`${field}.port`, port ?? 0, portNumber(port ?? 0)));
    problems.push(...oneOf(`${field}.protocol`, protocol, protocols));
    problems.push(...invalidFor(`${field}.targetPort`, targetPort, portNumberOrName(targetPort)));
    if (appProtocol !== undefined)
      problems.push(...invalidFor(`${field}.appProtocol`, appProtocol, qualifiedName(appProtocol)));
  }
  for (const [index, { nodePort }] of given.entries())
    if (nodePort && type === 'ClusterIP')
      problems.push(forbidden(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'"));
  return problems;
}

/** The same protocol and number twice, of node ports and then of ports. */
function repeated({ ports: given = [] }: Value): Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  const again = (key: string) => seen.has(key) || !seen.add(key);
  for (const [index, { protocol, nodePort }] of given.entries())
    if (nodePort && again(`node ${protocol} ${nodePort}`))
      problems.push(duplicate(`spec.ports[${index}].nodePort`, nodePort));
  for (const [index, { protocol, port }] of given.entries())
    if (again(`${protocol} ${port}`)) problems.push(duplicate(`spec.ports[${index}]`, goPort(protocol, port)));
  return problems;
}

/** The internal type that the real server prints here, whose fields have no JSON names. */
const goPort = (Protocol: string, Port: number) => ({
  Name: '',
  Protocol,
  AppProtocol: null,
  Port,
  TargetPort: 0,
  NodePort: 0,
});

function byType(spec: Value): Problem[] {
  const { type, ports: given = [], clusterIPs = [], ipFamilies = [], ipFamilyPolicy, externalName = '' } = spec;
  const problems: Problem[] = [];
  if (given.length === 0 && !isHeadless(spec) && type !== 'ExternalName') problems.push(required('spec.ports'));
  if ((type === 'LoadBalancer' || type === 'NodePort') && isHeadless(spec))
    problems.push(invalid('spec.clusterIPs[0]', clusterIPs[0], `may not be set to 'None' for ${type} services`));
  if (type === 'ExternalName') {
    const none = 'may not be set for ExternalName services';
    if (clusterIPs.length > 0) problems.push(forbidden('spec.clusterIPs', none));
    if (ipFamilies.length > 0) problems.push(forbidden('spec.ipFamilies', none));
    if (ipFamilyPolicy !== undefined) problems.push(forbidden('spec.ipFamilyPolicy', none));
    const name = externalName.replace(/\.$/, '');
    if (name === '') problems.push(required('spec.externalName'));
    else problems.push(...invalidFor('spec.externalName', name, dnsSubdomain(name)));
  }
  return problems;
}

const longestAffinity = 86400;

function affinity({ sessionAffinity, sessionAffinityConfig: config }: Value): Problem[] {
  const problems = oneOf('spec.sessionAffinity', sessionAffinity, ['ClientIP', 'None']);
  const field = 'spec.sessionAffinityConfig';
  if (sessionAffinity === 'ClientIP') {
    const seconds = config?.clientIP?.timeoutSeconds;
    if (seconds <= 0 || seconds > longestAffinity)
      problems.push(
        invalid(`${field}.clientIP.timeoutSeconds`, seconds, `must be greater than 0 and less than ${longestAffinity}`),
      );
  } else if (sessionAffinity === 'None' && config !== undefined)
    problems.push(forbidden(field, 'must not be set when session affinity is None'));
  return problems;
}

const externalAddresses = ({ externalIPs = [] }: Value, old?: Value): Problem[] =>
  externalIPs.flatMap((address: string, index: number) => {
    const field = `spec.externalIPs[${index}]`;
    const malformed = validAddress(field, address, old?.externalIPs);
    return malformed.length > 0 ? malformed : endpointAddress(field, address);
  });

function loadBalancer({
  type,
  loadBalancerSourceRanges = [],
  allocateLoadBalancerNodePorts,
  loadBalancerClass,
}: Value): Problem[] {
  const problems: Problem[] = [];
  const only = "may only be used when `type` is 'LoadBalancer'";
  const is = type === 'LoadBalancer';
  // the field's name begins with a capital in the real server's message too
  const ranges = 'spec.LoadBalancerSourceRanges';
  if (loadBalancerSourceRanges.length > 0 && !is) problems.push(forbidden(ranges, only));
  for (const [index, cidr] of loadBalancerSourceRanges.entries())
    problems.push(...validCidr(`${ranges}[${index}]`, cidr.trim()));
  if (allocateLoadBalancerNodePorts !== undefined && !is)
    problems.push(forbidden('spec.allocateLoadBalancerNodePorts', only));
  if (loadBalancerClass !== undefined)
    problems.push(
      ...(is
        ? invalidFor('spec.loadBalancerClass', loadBalancerClass, qualifiedName(loadBalancerClass))
        : [forbidden('spec.loadBalancerClass', only)]),
    );
  return problems;
}

function traffic(spec: Value): Problem[] {
  const { type, externalTrafficPolicy, healthCheckNodePort, internalTrafficPolicy, trafficDistribution } = spec;
  const problems: Problem[] = [];
  const policies = ['Cluster', 'Local'];
  if (isExternal(spec)) problems.push(...oneOf('spec.externalTrafficPolicy', externalTrafficPolicy, policies));
  else if (externalTrafficPolicy)
    problems.push(
      invalid(
        'spec.externalTrafficPolicy',
        externalTrafficPolicy,
        'may only be set for externally-accessible services',
      ),
    );
  const check = 'spec.healthCheckNodePort';
  if (healthCheckNodePort && !needsHealthCheck(spec))
    problems.push(
      invalid(
        check,
        healthCheckNodePort,
        "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
      ),
    );
  else if (healthCheckNodePort)
    problems.push(...invalidFor(check, healthCheckNodePort, portNumber(healthCheckNodePort)));
  if (internalTrafficPolicy !== undefined || type !== 'ExternalName')
    problems.push(
      ...oneOf('spec.internalTrafficPolicy', internalTrafficPolicy, policies).filter(
        () => types.includes(type) || internalTrafficPolicy !== undefined,
      ),
    );
  const distributions = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];
  if (trafficDistribution !== undefined && !distributions.includes(trafficDistribution))
    problems.push(unsupported('spec.trafficDistribution', trafficDistribution, distributions));
  return problems;
}

export function service({ spec }: KubeObject, old?: KubeObject): Problem[] {
  const before = old?.['spec'];
  return [
    ...(before ? unchanged(spec, before) : []),
    ...byType(spec),
    ...ports({ ...spec, type: undefined }),
    ...labels('spec.selector', spec.selector),
    ...affinity(spec),
    ...clusterAddresses(spec, before),
    ...externalAddresses(spec, before),
    ...oneOf('spec.type', spec.type, types),
    ...ports({ ports: spec.ports, type: spec.type }).filter(({ reason }) => reason === 'FieldValueForbidden'),
    ...repeated(spec),
    ...loadBalancer(spec),
    ...traffic(spec),
  ];
}
