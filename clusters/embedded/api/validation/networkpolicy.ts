/** https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/apis/networking/validation/validation.go */
import type { KubeObject } from '../../objects.ts';
import { contains, parseCidr, validCidr } from './addresses.ts';
import { labelSelector } from './metadata.ts';
import { portName, portNumber } from './names.ts';
import { forbidden, invalid, invalidFor, type Problem, required, unsupported, type Value } from './problem.ts';

const protocols = ['TCP', 'UDP', 'SCTP'];
const types = ['Ingress', 'Egress'];

/** A rule's port; a missing port means all of them. */
function rulePort(field: string, { protocol, port, endPort }: Value): Problem[] {
  const problems: Problem[] = [];
  if (protocol !== undefined && !protocols.includes(protocol))
    problems.push(unsupported(`${field}.protocol`, protocol, protocols));
  if (typeof port === 'number') {
    problems.push(...invalidFor(`${field}.port`, port, portNumber(port)));
    if (endPort !== undefined) {
      if (endPort < port) problems.push(invalid(`${field}.endPort`, port, 'must be greater than or equal to `port`'));
      problems.push(...invalidFor(`${field}.endPort`, endPort, portNumber(endPort)));
    }
  } else if (typeof port === 'string') {
    if (endPort !== undefined)
      problems.push(invalid(`${field}.endPort`, endPort, 'may not be specified when `port` is non-numeric'));
    problems.push(...invalidFor(`${field}.port`, port, portName(port)));
  } else if (endPort !== undefined)
    problems.push(invalid(`${field}.endPort`, endPort, 'may not be specified when `port` is not specified'));
  return problems;
}

function ipBlock(field: string, { cidr = '', except = [] }: Value, accepted: string[]): Problem[] {
  if (cidr === '') return [required(`${field}.cidr`)];
  const problems = validCidr(`${field}.cidr`, cidr, accepted);
  const outer = parseCidr(cidr);
  if (!outer) return problems;
  for (const [index, text] of (except as string[]).entries()) {
    const place = `${field}.except[${index}]`;
    problems.push(...validCidr(place, text, accepted));
    const inner = parseCidr(text);
    if (inner && (!contains(outer, inner) || outer.prefix >= inner.prefix))
      problems.push(invalid(place, text, 'must be a strict subset of `cidr`'));
  }
  return problems;
}

function peer(field: string, given: Value, accepted: string[]): Problem[] {
  const { podSelector, namespaceSelector, ipBlock: block } = given;
  const problems = [
    ...labelSelector(`${field}.podSelector`, podSelector),
    ...labelSelector(`${field}.namespaceSelector`, namespaceSelector),
    ...(block === undefined ? [] : ipBlock(`${field}.ipBlock`, block, accepted)),
  ];
  const count = [podSelector, namespaceSelector, block].filter((each) => each !== undefined).length;
  if (count === 0) problems.push(required(field, 'must specify a peer'));
  else if (count > 1 && block !== undefined)
    problems.push(forbidden(field, 'may not specify both ipBlock and another peer'));
  return problems;
}

function rules(field: string, given: Value[] | undefined, peers: 'from' | 'to', accepted: string[]): Problem[] {
  const each = (list: Value[] | undefined, name: string, check: (field: string, item: Value) => Problem[]) =>
    (list ?? []).flatMap((item, index) => check(`${name}[${index}]`, item));
  return each(given, field, (place, rule) => [
    ...each(rule.ports, `${place}.ports`, rulePort),
    ...each(rule[peers], `${place}.${peers}`, (at, item) => peer(at, item, accepted)),
  ]);
}

/** CIDRs that were once accepted stay so: rules have become stricter. */
const cidrsOf = (policy: KubeObject | undefined): string[] =>
  [...(policy?.['spec']?.ingress ?? []), ...(policy?.['spec']?.egress ?? [])]
    .flatMap((rule: Value) => [...(rule.from ?? []), ...(rule.to ?? [])])
    .flatMap(({ ipBlock: block }: Value) => (block ? [block.cidr, ...(block.except ?? [])] : []));

export function networkPolicy(policy: KubeObject, old?: KubeObject): Problem[] {
  const { podSelector, ingress, egress, policyTypes = [] } = policy['spec'] ?? {};
  const accepted = cidrsOf(old);
  const problems = [
    ...labelSelector('spec.podSelector', podSelector),
    ...rules('spec.ingress', ingress, 'from', accepted),
    ...rules('spec.egress', egress, 'to', accepted),
  ];
  if (policyTypes.length > types.length)
    return [...problems, invalid('spec.policyTypes', policyTypes, 'may not specify more than two policyTypes')];
  for (const [index, type] of policyTypes.entries())
    if (!types.includes(type)) problems.push(unsupported(`spec.policyTypes[${index}]`, type, types));
  return problems;
}
