/** https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/apis/networking/validation/validation.go */
import type { KubeObject } from '../../objects.ts';
import { cidr, contains, parseCidr } from './addresses.ts';
import { labelSelector } from './metadata.ts';
import { portName, portNumber } from './names.ts';
import type { Place, Value } from './problem.ts';

/** A rule's port; a missing port means all of them. */
function rulePort(place: Place): void {
  const { protocol, port, endPort } = place.value;
  const end = place.at('endPort');
  if (protocol !== undefined) place.at('protocol').oneOf(['TCP', 'UDP', 'SCTP']);
  if (typeof port === 'number') {
    place.at('port').follow(portNumber);
    if (endPort < port) end.invalid('must be greater than or equal to `port`', port);
    if (endPort !== undefined) end.follow(portNumber);
    return;
  }
  const why = port === undefined ? 'not specified' : 'non-numeric';
  if (endPort !== undefined) end.invalid(`may not be specified when \`port\` is ${why}`);
  if (port !== undefined) place.at('port').follow(portName);
}

/** CIDRs that were once `accepted` stay so: rules have become stricter. */
function ipBlock(block: Place, accepted: string[]): void {
  const valid = (place: Place) => accepted.includes(place.value) || place.follow(cidr);
  if (!block.value.cidr) return block.at('cidr').required();
  valid(block.at('cidr'));
  const outer = parseCidr(block.value.cidr);
  if (!outer) return;
  for (const except of block.at('except').items()) {
    valid(except);
    const inner = parseCidr(except.value);
    if (inner && (!contains(outer, inner) || outer.prefix >= inner.prefix))
      except.invalid('must be a strict subset of `cidr`');
  }
}

function peer(place: Place, accepted: string[]): void {
  labelSelector(place.at('podSelector'));
  labelSelector(place.at('namespaceSelector'));
  const block = place.at('ipBlock');
  if (block.value !== undefined) ipBlock(block, accepted);
  const parts = ['podSelector', 'namespaceSelector', 'ipBlock'].filter((each) => place.value[each] !== undefined);
  if (parts.length === 0) place.required('must specify a peer');
  else if (parts.length > 1 && block.value !== undefined)
    place.forbidden('may not specify both ipBlock and another peer');
}

function rules(list: Place, peers: 'from' | 'to', accepted: string[]): void {
  for (const rule of list.items()) {
    for (const port of rule.at('ports').items()) rulePort(port);
    for (const each of rule.at(peers).items()) peer(each, accepted);
  }
}

const cidrsOf = (policy: KubeObject | undefined): string[] =>
  [...(policy?.['spec']?.ingress ?? []), ...(policy?.['spec']?.egress ?? [])]
    .flatMap((rule: Value) => [...(rule.from ?? []), ...(rule.to ?? [])])
    .flatMap(({ ipBlock: block }: Value) => (block ? [block.cidr, ...(block.except ?? [])] : []));

export function networkPolicy(object: Place, old?: KubeObject): void {
  const spec = object.at('spec');
  const accepted = cidrsOf(old);
  labelSelector(spec.at('podSelector'));
  rules(spec.at('ingress'), 'from', accepted);
  rules(spec.at('egress'), 'to', accepted);
  const types = spec.at('policyTypes');
  if (types.items().length > 2) types.invalid('may not specify more than two policyTypes');
  else for (const type of types.items()) type.oneOf(['Ingress', 'Egress']);
}
