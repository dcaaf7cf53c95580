/** Why a connection is allowed or not: the policy and rule, found in the compiled state that the kernel is given. */
import { canonicalAddress, contains, parseAddress, parseRange } from './cidr.ts';
import { nodeAddresses } from './nodes.ts';
import type { Protocol } from './objects.ts';
import { type PodFacts, podFacts } from './pod-facts.ts';
import type { PodIndex, Subject } from './pod-index.ts';
import { indexPods } from './pods.ts';
import { type AllowRule, type Direction, type PolicyState, policiesFor } from './policies/index.ts';
import { portElement } from './selection.ts';
import { services } from './services/index.ts';
import type { Snapshot } from './types.ts';

/** `source` and `destination` are addresses, or Pods as `namespace/name`. */
export interface Question {
  source: string;
  destination: string;
  protocol: Protocol;
  port: number;
}

/** One direction: the source's egress or the destination's ingress. */
export interface Half {
  verdict: 'allowed' | 'denied';
  because: 'rule' | 'no rule' | 'not isolated' | 'not a Pod' | 'host network' | 'own node' | 'itself';
  /** The policies that isolate the Pod. */
  policies: string[];
  /** Because of a rule: its policy, `namespace/name`, and its index in that policy's list. */
  policy?: string;
  rule?: number;
}

export interface Explanation {
  verdict: 'allowed' | 'denied';
  source: string;
  destination: string;
  egress: Half;
  ingress: Half;
}

/** A connection to a Service's address is judged for the endpoint that it gets. */
export interface ServiceExplanation {
  service: string;
  endpoints: Explanation[];
}

interface Party {
  address: string;
  pod: PodFacts | undefined;
  subject: Subject | undefined;
}

/**
 * Explains a connection in both directions. Throws a RangeError for a Pod that does not exist or has no address, and
 * for what is neither a Pod's name nor an IPv4 address.
 */
export function explain(snapshot: Snapshot, question: Question): Explanation | ServiceExplanation {
  const index = snapshot.index ?? indexPods(snapshot);
  const source = party(question.source, snapshot, index);
  const judge = (to: string, port: number) =>
    judgePair(snapshot, index, source, party(to, snapshot, index), { ...question, port });
  const behind = endpointsBehind(snapshot, question);
  if (behind === undefined) return judge(question.destination, question.port);
  const { service, endpoints } = behind;
  return { service, endpoints: endpoints.map(({ address, port }) => judge(address, port)) };
}

function party(text: string, snapshot: Snapshot, index: PodIndex): Party {
  const { subjects } = index;
  let pod: PodFacts | undefined;
  let address: string | undefined;
  if (text.includes('/')) {
    const object = snapshot.pods.find(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}` === text);
    if (object === undefined) throw new RangeError(`there is no Pod '${text}'`);
    const { name, uid } = (pod = podFacts(object));
    const attached = subjects.find((subject) => subject.pod?.name === name && subject.pod.uid === uid);
    address = attached?.address ?? pod.address;
    if (address === undefined) throw new RangeError(`Pod '${text}' has no address yet`);
  } else {
    address = canonicalAddress(text);
    if (address === undefined) throw new RangeError(`'${text}' is neither an IPv4 address nor namespace/name of a Pod`);
    pod = index.at(address);
  }
  const attached = subjects.find((subject) => subject.address === address);
  const selectable = pod === undefined || pod.hostNetwork ? undefined : { address, namespace: pod.namespace, pod };
  return { address, pod, subject: attached ?? selectable };
}

function endpointsBehind(snapshot: Snapshot, { destination, protocol, port }: Question) {
  const address = canonicalAddress(destination);
  if (address === undefined) return undefined;
  const { entries, nodeAddresses: nodes } = services(snapshot);
  for (const { name, frontends, nodePorts, balancers } of entries.values()) {
    const here = [...frontends, ...(nodes.includes(address) ? nodePorts : [])];
    const found = here.find(
      (one) => ['', address].includes(one.address) && one.protocol === protocol && one.port === port,
    );
    if (found === undefined) continue;
    return { service: name, endpoints: balancers.find(({ key }) => key === found.balancer)?.endpoints ?? [] };
  }
  return undefined;
}

function judgePair(
  snapshot: Snapshot,
  index: PodIndex,
  source: Party,
  destination: Party,
  question: Question,
): Explanation {
  const subjects = [source.subject, destination.subject].filter((subject) => subject !== undefined);
  const state = policiesFor(subjects, snapshot, index);
  const half = (direction: Direction, own: Party, peer: Party): Half => {
    const exempt = exemption(snapshot, own, peer);
    if (exempt !== undefined) return { verdict: 'allowed', because: exempt, policies: [] };
    const judged = state.classes.get(state[direction].get(own.address) ?? '');
    if (judged === undefined) return { verdict: 'allowed', because: 'not isolated', policies: [] };
    const { policies, rules } = judged;
    const rule = rules.find((one) => allows(state, one, peer.address, destination.address, question));
    if (rule === undefined) return { verdict: 'denied', because: 'no rule', policies };
    return { verdict: 'allowed', because: 'rule', policies, policy: rule.policy, rule: rule.index };
  };
  const egress = half('egress', source, destination);
  const ingress = half('ingress', destination, source);
  const verdict = egress.verdict === 'denied' ? 'denied' : ingress.verdict;
  return { verdict, source: source.address, destination: destination.address, egress, ingress };
}

/** Traffic that policies have no say in; https://kubernetes.io/docs/concepts/services-networking/network-policies/ */
function exemption(snapshot: Snapshot, own: Party, peer: Party): Half['because'] | undefined {
  if (own.pod?.hostNetwork === true) return 'host network';
  if (own.subject === undefined) return 'not a Pod';
  if (own.address === peer.address) return 'itself';
  const nodeName = own.pod?.node ?? snapshot.node;
  const node = snapshot.nodes.find(({ metadata }) => metadata.name === nodeName);
  return node !== undefined && nodeAddresses(node).includes(peer.address) ? 'own node' : undefined;
}

/** Whether a rule of a class allows a packet: what the kernel does with the same sets. */
function allows(
  { selectors, cidrs, namedPorts }: PolicyState,
  rule: AllowRule,
  peer: string,
  destination: string,
  { protocol, port }: Pick<Question, 'protocol' | 'port'>,
): boolean {
  if (rule.peer !== undefined) {
    const ranges = (cidrs.get(rule.peer) ?? []).map(parseRange).filter((range) => range !== undefined);
    const inside = selectors.get(rule.peer)?.has(peer) ?? contains(ranges, parseAddress(peer) ?? -1);
    if (!inside) return false;
  }
  if (rule.namedPort !== undefined) {
    return namedPorts.get(rule.namedPort)?.has(portElement(destination, protocol, port)) === true;
  }
  if (rule.ports === undefined) return true;
  return rule.ports.some((range) => range.protocol === protocol && range.first <= port && port <= range.last);
}
