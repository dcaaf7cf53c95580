/**
 * Table netvet-policy: a packet's source and destination are looked up in one verdict map each, which leads to the
 * chain of the Pod's class; that returns what it allows and drops the rest. The cost does not grow with Pods or
 * policies.
 *
 * It hooks `forward` and nothing else: a node's own traffic to and from its Pods crosses `output` and `input`, and must
 * never be judged (https://kubernetes.io/docs/concepts/services-networking/network-policies/, "traffic to and from the
 * node where a Pod is running is always allowed"). Forward comes after DNAT: a policy judges the endpoint.
 */
import { lasting, memoized } from '../../../model/memo.ts';
import type { AllowRule, Direction, PolicyClass, PolicyState } from '../../../model/policies/index.ts';
import type { Elements } from '../../../model/versioned.ts';
import type { ChainState, SetState, TableState } from '../state.ts';
import { anonymous, comment } from '../text.ts';

const addressOf: Record<Direction, string> = { ingress: 'ip saddr', egress: 'ip daddr' };

const pair = 'type ipv4_addr . ipv4_addr;';

/** Established connections stay when a policy changes (the API leaves that open); ICMP errors are `related`. */
const forward: ChainState = {
  about: 'what passes this node from Pod to Pod, in and out',
  hook: 'type filter hook forward priority 0;',
  rules: [
    'ct state established,related accept',
    'ip saddr . ip daddr @pod-itself accept',
    'ip saddr vmap @pods-out',
    'ip daddr vmap @pods-in',
  ],
};

/** What was made of a state is given again with it, and what was made of its parts with them. */
export const policyTable = memoized((state: PolicyState): TableState => {
  const { ingress, egress } = state;
  const sets = new Map<string, SetState>([
    ['pods-in', podsIn(ingress)],
    ['pods-out', podsOut(egress)],
    ['pod-itself', itself(ingress, egress)],
  ]);
  for (const [name, elements] of state.selectors) sets.set(name, selected(elements));
  for (const [name, ranges] of state.cidrs) sets.set(name, blocks(ranges));
  for (const [name, elements] of state.namedPorts) sets.set(name, named(elements));
  const chains = new Map<string, ChainState>([['forward', forward]]);
  for (const policyClass of state.classes.values()) chains.set(policyClass.name, classChain(policyClass));
  return { name: 'netvet-policy', sets, chains, learned: new Map() };
});

const [podsIn, podsOut] = ['be reached by', 'reach'].map((what) =>
  memoized((classOf: Map<string, string>): SetState => {
    const elements = new Map(Array.from(classOf, ([address, name]): [string, string] => [address, `jump ${name}`]));
    const about = `isolated Pods of this node -> what they may ${what}`;
    return { kind: 'map', definition: 'type ipv4_addr : verdict;', elements, about };
  }),
) as [Verdicts, Verdicts];

type Verdicts = (classOf: Map<string, string>) => SetState;

/** A Pod that reaches itself through a Service comes by here, and cannot block itself. */
const itself = lasting((ingress: Map<string, string>, egress: Map<string, string>): SetState => {
  const elements = new Set([...ingress.keys(), ...egress.keys()].map((address) => `${address} . ${address}`));
  return { kind: 'set', definition: pair, elements, about: 'no Pod is isolated from itself' };
});

const setOf = (definition: string, about: string) =>
  memoized((elements: Elements): SetState => ({ kind: 'set', definition, elements, about }));
const selected = setOf('type ipv4_addr;', 'Pods that a peer selects');
const named = setOf('type ipv4_addr . inet_proto . inet_service;', 'a named port, as each Pod has it');

const blocks = memoized((ranges: string[]): SetState => {
  const definition = 'type ipv4_addr; flags interval;';
  return { kind: 'set', definition, elements: new Set(ranges), about: 'ipBlocks without their except' };
});

const classChain = memoized((policyClass: PolicyClass): ChainState => {
  const { direction, policies } = policyClass;
  return { rules: classRules(policyClass), about: `${direction} under ${policies.join(', ')}` };
});

function classRules({ direction, policies, rules }: PolicyClass): string[] {
  const allowed = rules.map((rule) => allowRule(rule, direction));
  return [...new Set(allowed), `drop ${comment(`${direction} of ${policies.join(', ')}`)}`];
}

function allowRule({ policy, index, peer, ports, namedPort }: AllowRule, direction: Direction): string {
  const matches: string[] = [];
  if (peer !== undefined) matches.push(`${addressOf[direction]} @${peer}`);
  if (ports !== undefined) {
    const ranges = ports.map(
      ({ protocol, first, last }) => `${protocol.toLowerCase()} . ${first === last ? first : `${first}-${last}`}`,
    );
    matches.push(`meta l4proto . th dport ${anonymous(ranges)}`);
  }
  // A named port is the destination Pod's, in both directions.
  if (namedPort !== undefined) matches.push(`ip daddr . meta l4proto . th dport @${namedPort}`);
  return [...matches, 'return', comment(`${policy} ${direction}[${index}]`)].join(' ');
}
