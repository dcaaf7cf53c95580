/**
 * Generated clusters: what is compiled must agree with an evaluator that reads the API's documents sentence by
 * sentence, one connection at a time, and shares no code with the model.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { type Explanation, explain } from '../explain.ts';
import { aNamespace, anAttachment, aPod, aPolicy, aSnapshot } from '../fixtures.ts';
import type {
  LabelSelector,
  NetworkPolicyObject,
  PodObject,
  PolicyPeerObject,
  PolicyPortObject,
  Protocol,
} from '../objects.ts';
import type { Snapshot } from '../types.ts';

// --- the naive evaluator ---------------------------------------------------------------------------------------------

type Labels = Record<string, string>;
const bits = (ip: string) =>
  ip
    .split('.')
    .map((byte) => Number(byte).toString(2).padStart(8, '0'))
    .join('');
const inCIDR = (ip: string, cidr: string) => {
  const [base = '', length = ''] = cidr.split('/');
  return bits(ip).slice(0, Number(length)) === bits(base).slice(0, Number(length));
};

function fulfils(labels: Labels, selector: LabelSelector): boolean {
  const equal = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  const expressions = (selector.matchExpressions ?? []).every(({ key, operator, values }) => {
    const value = labels[key];
    if (operator === 'Exists') return value !== undefined;
    if (operator === 'DoesNotExist') return value === undefined;
    if (operator === 'In') return value !== undefined && values?.includes(value);
    return value === undefined || !values?.includes(value);
  });
  return equal && expressions;
}

interface Naive {
  ip: string;
  pod: PodObject | undefined;
}

function peerIs(snapshot: Snapshot, policy: NetworkPolicyObject, peer: PolicyPeerObject, { ip, pod }: Naive): boolean {
  if (peer.ipBlock)
    return inCIDR(ip, peer.ipBlock.cidr) && !(peer.ipBlock.except ?? []).some((cidr) => inCIDR(ip, cidr));
  if (pod === undefined) return false;
  const namespace = snapshot.namespaces.find(({ metadata }) => metadata.name === pod.metadata.namespace);
  const rightNamespace = peer.namespaceSelector
    ? fulfils(namespace?.metadata.labels ?? {}, peer.namespaceSelector)
    : pod.metadata.namespace === policy.metadata.namespace;
  return rightNamespace && (!peer.podSelector || fulfils(pod.metadata.labels ?? {}, peer.podSelector));
}

function portIs(
  { port, endPort, protocol }: PolicyPortObject,
  to: Naive,
  at: { protocol: Protocol; port: number },
): boolean {
  if ((protocol ?? 'TCP') !== at.protocol) return false;
  if (port === undefined || port === null) return true;
  if (typeof port === 'number') return at.port >= port && at.port <= (endPort ?? port);
  const declared = (to.pod?.spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  return declared.some((p) => p.name === port && (p.protocol ?? 'TCP') === at.protocol && p.containerPort === at.port);
}

function halfAllowed(
  snapshot: Snapshot,
  isIngress: boolean,
  from: Naive,
  to: Naive,
  at: { protocol: Protocol; port: number },
): boolean {
  const own = isIngress ? to : from;
  const peer = isIngress ? from : to;
  if (own.pod === undefined || own.ip === peer.ip) return true;
  const type = isIngress ? 'Ingress' : 'Egress';
  const isolating = snapshot.networkPolicies.filter(({ metadata, spec }) => {
    const types = spec?.policyTypes?.length
      ? spec.policyTypes
      : ['Ingress', ...(spec?.egress?.length ? ['Egress'] : [])];
    return (
      metadata.namespace === own.pod?.metadata.namespace &&
      types.includes(type) &&
      fulfils(own.pod?.metadata.labels ?? {}, spec?.podSelector ?? {})
    );
  });
  if (isolating.length === 0) return true;
  return isolating.some((policy) => {
    const rules = isIngress
      ? (policy.spec?.ingress ?? []).map(({ from: peers, ports }) => ({ peers, ports }))
      : (policy.spec?.egress ?? []).map(({ to: peers, ports }) => ({ peers, ports }));
    return rules.some(({ peers, ports }) => {
      const peerFits = !peers?.length || peers.some((candidate) => peerIs(snapshot, policy, candidate, peer));
      return peerFits && (!ports?.length || ports.some((candidate) => portIs(candidate, to, at)));
    });
  });
}

// --- generated clusters ----------------------------------------------------------------------------------------------

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const labels = fc.dictionary(fc.constantFrom('app', 'tier'), fc.constantFrom('1', '2'), { maxKeys: 2 });
const selector: fc.Arbitrary<LabelSelector> = fc.oneof(
  fc.constant({}),
  fc.record({ matchLabels: labels }),
  fc.record({
    matchExpressions: fc.array(
      fc.record({
        key: fc.constantFrom('app', 'tier', 'team'),
        operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'),
        values: fc.constantFrom<string[]>(['1'], ['2'], ['1', '2']),
      }),
      { maxLength: 2 },
    ),
  }),
);
const cidr = fc
  .tuple(fc.integer({ min: 0, max: 15 }), fc.constantFrom(0, 8, 26, 29, 30, 31, 32))
  .map(([n, size]) => `10.9.0.${n}/${size}`);
const peer: fc.Arbitrary<PolicyPeerObject> = fc.oneof(
  fc.record({ podSelector: selector }),
  fc.record({ namespaceSelector: selector }),
  fc.record({ namespaceSelector: selector, podSelector: selector }),
  fc.record({ ipBlock: fc.record({ cidr, except: fc.array(cidr, { maxLength: 2 }) }) }),
);
const protocol = fc.constantFrom<Protocol>('TCP', 'UDP', 'SCTP');
const port: fc.Arbitrary<PolicyPortObject> = fc.oneof(
  fc.record({ protocol: maybe(protocol) }),
  fc.record({ protocol: maybe(protocol), port: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    protocol: maybe(protocol),
    port: fc.integer({ min: 1, max: 3 }),
    endPort: fc.integer({ min: 3, max: 4 }),
  }),
  fc.record({ protocol: maybe(protocol), port: fc.constantFrom('web', 'dns') }),
);
const ports = maybe(fc.array(port, { maxLength: 2 }));
const peers = maybe(fc.array(peer, { maxLength: 3 }));
const namespaceName = fc.constantFrom('n1', 'n2');
const policy = fc.record({
  namespace: namespaceName,
  spec: fc.record({
    podSelector: selector,
    policyTypes: maybe(fc.subarray(['Ingress', 'Egress'])),
    ingress: maybe(fc.array(fc.record({ from: peers, ports }), { maxLength: 2 })),
    egress: maybe(fc.array(fc.record({ to: peers, ports }), { maxLength: 2 })),
  }),
});
const pod = fc.record({
  namespace: namespaceName,
  labels,
  here: fc.boolean(),
  ports: fc.array(
    fc.record({
      name: fc.constantFrom('web', 'dns'),
      containerPort: fc.integer({ min: 1, max: 4 }),
      protocol: maybe(protocol),
    }),
    { maxLength: 2 },
  ),
});
const cluster = fc
  .record({
    teams: fc.tuple(labels, labels),
    pods: fc.array(pod, { minLength: 1, maxLength: 5 }),
    policies: fc.array(policy, { maxLength: 4 }),
  })
  .map(({ teams, pods, policies }): { snapshot: Snapshot; parties: Naive[] } => {
    const made = pods.map(({ namespace, labels, here, ports }, i) => {
      const ip = `10.9.0.${i + 1}`;
      const clean = ports.map(({ protocol: p, ...rest }) => ({ ...rest, ...(p !== undefined && { protocol: p }) }));
      const id = `${namespace}/p${i}`;
      const object = aPod(id, { labels, ports: clean, ...(here ? {} : { ip, node: 'node2' }) });
      return { ip, object, attachments: here ? [anAttachment(id, ip)] : [] };
    });
    return {
      snapshot: aSnapshot({
        pods: made.map(({ object }) => object),
        attachments: made.flatMap(({ attachments }) => attachments),
        namespaces: [aNamespace('n1', teams[0]), aNamespace('n2', teams[1])],
        networkPolicies: policies.map(({ namespace, spec }, i) =>
          aPolicy(`${namespace}/policy${i}`, spec as NetworkPolicyObject['spec']),
        ),
      }),
      parties: [...made.map(({ ip, object }) => ({ ip, pod: object })), { ip: '10.9.0.14', pod: undefined }],
    };
  });

test('the compiled state gives every connection the verdict of the documents', () => {
  fc.assert(
    fc.property(cluster, protocol, fc.integer({ min: 1, max: 5 }), ({ snapshot, parties }, protocol, port) => {
      for (const from of parties) {
        for (const to of parties) {
          const at = { protocol, port };
          const answer = explain(snapshot, { source: from.ip, destination: to.ip, ...at }) as Explanation;
          const where = `${from.ip} -> ${to.ip} ${protocol}/${port}`;
          assert.equal(
            answer.egress.verdict === 'allowed',
            halfAllowed(snapshot, false, from, to, at),
            `egress ${where}`,
          );
          assert.equal(
            answer.ingress.verdict === 'allowed',
            halfAllowed(snapshot, true, from, to, at),
            `ingress ${where}`,
          );
        }
      }
    }),
    { numRuns: 400 },
  );
});
