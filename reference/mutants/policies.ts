/** Faults in NetworkPolicies. */
import type { Mutant, NetworkPolicyObject, Snapshot } from '../model/index.ts';
import { indexPods } from '../model/pods.ts';
import { policiesFor } from '../model/policies/index.ts';
import { ask, type Fault, firstSeen, spoil } from './fault.ts';

type Spec = NonNullable<NetworkPolicyObject['spec']>;
type Peers = NonNullable<NonNullable<Spec['ingress']>[number]['from']>;
type Ports = NonNullable<NonNullable<Spec['ingress']>[number]['ports']>;

const eachPolicy = (change: (policy: NetworkPolicyObject) => NetworkPolicyObject): Mutant =>
  ask('policies', ({ networkPolicies }) => ({ networkPolicies: networkPolicies.map(change) }));

const eachSpec = (change: (spec: Spec) => Spec): Mutant =>
  eachPolicy((policy) => ({ ...policy, spec: change(policy.spec ?? {}) }));

const eachRule = (peers: (peers: Peers) => Peers, ports: (ports: Ports) => Ports): Mutant =>
  eachSpec(({ ingress, egress, ...spec }) => ({
    ...spec,
    ...(ingress && {
      ingress: ingress.map((rule) => ({ ...rule, from: peers(rule.from ?? []), ports: ports(rule.ports ?? []) })),
    }),
    ...(egress && {
      egress: egress.map((rule) => ({ ...rule, to: peers(rule.to ?? []), ports: ports(rule.ports ?? []) })),
    }),
  }));

const asIs = <T>(value: T) => value;
const eachPeer = (change: (peer: Peers[number]) => Peers) => eachRule((peers) => peers.flatMap(change), asIs);
const eachPort = (change: (port: Ports[number]) => Ports[number]) => eachRule(asIs, (ports) => ports.map(change));

const nothing = { matchLabels: { 'netvet.example/matches': 'nothing' } };

export const policyFaults: Record<string, Fault> = {
  'policy-none': {
    fault: 'policies are accepted and never enforced',
    link: 'https://github.com/flannel-io/flannel/issues/558',
    seenBy: ['policies/default-deny/a-policy-without-rules-closes-what-comes-in-of-the-pods-that-it-selects'],
    make: () => ask('policies', () => ({ networkPolicies: [] })),
  },
  'policy-except-ignored': {
    fault: 'an ipBlock allows what its `except` takes out',
    link: 'https://github.com/ovn-kubernetes/ovn-kubernetes/issues/845',
    seenBy: [
      'policies/ip-blocks/everybody-may-come-in-except-one-address',
      'policies/ip-blocks/the-way-out-is-open-except-to-one-address',
    ],
    make: () => eachPeer((peer) => [peer.ipBlock ? { ...peer, ipBlock: { ...peer.ipBlock, except: [] } } : peer]),
  },
  'policy-empty-selector-none': {
    fault: 'an empty podSelector selects no Pod in place of all',
    link: 'https://github.com/cloudnativelabs/kube-router/issues/90',
    seenBy: ['policies/default-deny/an-empty-podselector-selects-every-pod-of-the-policy-s-namespace-and-of-no-other'],
    make: () =>
      eachSpec((spec) => (Object.keys(spec.podSelector ?? {}).length === 0 ? { ...spec, podSelector: nothing } : spec)),
  },
  'policy-both-directions': {
    fault: 'a policy that names one direction isolates in the other one too',
    link: 'https://github.com/aws/aws-network-policy-agent/issues/456',
    seenBy: [
      'policies/default-deny/without-policytypes-rules-for-ingress-leave-egress-open',
      'policies/default-deny/a-policy-without-rules-closes-what-comes-in-of-the-pods-that-it-selects',
    ],
    make: () => eachSpec((spec) => ({ ...spec, policyTypes: ['Ingress', 'Egress'] })),
  },
  'policy-egress-ignored': {
    fault: 'egress is never isolated',
    link: 'https://github.com/kubernetes/kubernetes/issues/75676',
    seenBy: ['policies/default-deny/a-policy-without-rules-closes-what-goes-out-of-the-pods-that-it-selects'],
    make: () => spoil('policies', () => ({ egress: new Map() })),
  },
  'policy-namespace-labels-forgotten': {
    fault: 'a namespace keeps the labels with which it was first seen',
    link: 'https://github.com/ovn-kubernetes/ovn-kubernetes/pull/1850',
    seenBy: ['policies/changes/a-namespace-is-let-in-by-its-label-for-as-long-as-it-wears-it'],
    make: () => {
      const first = firstSeen<Snapshot['namespaces'][number]>();
      return ask('policies', ({ namespaces }) => ({
        namespaces: namespaces.map((namespace) => first(namespace.metadata.uid ?? namespace.metadata.name, namespace)),
      }));
    },
  },
  'policy-unknown-namespace-selected': {
    fault: 'a new namespace counts as one without labels until a second after its first Pod has an address',
    link: 'https://github.com/Azure/azure-container-networking/issues/865',
    seenBy: ['policies/attacks/nobody-gets-in-by-a-namespace-that-is-too-new-for-its-labels-to-be-known'],
    make: () => {
      const inhabited = new Map<string, number>();
      return ask('policies', ({ namespaces, pods }) => {
        const now = performance.now();
        for (const { metadata, status } of pods) {
          const { namespace = '' } = metadata;
          if (status?.podIP !== undefined && !inhabited.has(namespace)) inhabited.set(namespace, now);
        }
        const isNew = (name: string) => now - (inhabited.get(name) ?? now) < 1_000;
        return {
          namespaces: namespaces.map((one) =>
            isNew(one.metadata.name) ? { metadata: { name: one.metadata.name } } : one,
          ),
        };
      });
    },
  },
  'policy-pod-labels-forgotten': {
    fault: 'a Pod keeps the labels with which it was first seen',
    link: 'https://github.com/kubeovn/kube-ovn/issues/1920',
    seenBy: [
      'policies/changes/a-pod-is-let-in-by-its-label-for-as-long-as-it-wears-it',
      'application/only-the-frontend/a-frontend-s-pod-whose-label-is-taken-away-loses-the-database',
    ],
    make: () => {
      const first = firstSeen<Snapshot['pods'][number]['metadata']['labels']>();
      return ask('policies', ({ pods }) => ({
        pods: pods.map((pod) => {
          const { uid = '', labels = {} } = pod.metadata;
          return { ...pod, metadata: { ...pod.metadata, labels: first(uid, labels) ?? {} } };
        }),
      }));
    },
  },
  'policy-late': {
    fault: 'a new Pod is isolated only once the API shows its address: its first packets pass',
    link: 'https://github.com/cloudnativelabs/kube-router/issues/873',
    seenBy: [
      'policies/first-moment/of-fifty-pods-that-start-not-one-lets-a-packet-through-in-its-first-moment',
      'policies/first-moment/a-pod-that-dials-from-its-first-millisecond-is-isolated-from-its-first-millisecond',
      'policies/first-moment/a-pod-that-may-not-go-out-does-not-get-out-in-its-first-millisecond',
    ],
    make: () =>
      spoil('policies', ({ ingress, egress }, _, { pods }) => {
        const known = new Set(pods.map(({ status }) => status?.podIP));
        const late = (isolated: typeof ingress) => new Map([...isolated].filter(([address]) => known.has(address)));
        return { ingress: late(ingress), egress: late(egress) };
      }),
  },
  'policy-selectors-or': {
    fault: 'podSelector and namespaceSelector of one peer are alternatives',
    link: 'https://github.com/ahmetb/kubernetes-network-policy-recipes/pull/27',
    seenBy: ['policies/peers/into-the-database-come-labelled-pods-of-a-labelled-namespace'],
    make: () =>
      eachPeer((peer) =>
        peer.podSelector && peer.namespaceSelector
          ? [{ podSelector: peer.podSelector }, { namespaceSelector: peer.namespaceSelector }]
          : [peer],
      ),
  },
  'policy-any-namespace': {
    fault: 'a podSelector alone admits Pods with that label from every namespace',
    link: 'https://github.com/kubernetes/kubernetes/issues/50451',
    seenBy: [
      'policies/peers/into-the-database-come-pods-with-a-label',
      'application/only-the-frontend/the-frontend-s-label-opens-nothing-to-a-pod-of-another-namespace',
    ],
    make: () =>
      eachPeer((peer) => [peer.podSelector && !peer.namespaceSelector ? { ...peer, namespaceSelector: {} } : peer]),
  },
  'policy-empty-namespace-selector-all': {
    fault: 'an empty namespaceSelector admits the world and not only Pods',
    link: 'https://github.com/cilium/cilium/issues/4513',
    seenBy: ['policies/peers/every-namespace-means-every-pod-and-not-the-world'],
    make: () =>
      eachPeer((peer) =>
        peer.namespaceSelector && Object.keys(peer.namespaceSelector).length === 0 && !peer.podSelector
          ? [{ ipBlock: { cidr: '0.0.0.0/0' } }]
          : [peer],
      ),
  },
  'policy-expressions-ignored': {
    fault: 'matchExpressions of peers are not looked at',
    link: 'https://github.com/cloudnativelabs/kube-router/issues/614',
    seenBy: [
      'policies/peers/into-the-database-come-pods-whose-label-is-in-a-list',
      'policies/peers/into-the-database-come-namespaces-whose-label-is-not-a-value',
    ],
    make: () =>
      eachPeer((peer) => [
        {
          ...peer,
          ...(peer.podSelector && { podSelector: { ...peer.podSelector, matchExpressions: [] } }),
          ...(peer.namespaceSelector && { namespaceSelector: { ...peer.namespaceSelector, matchExpressions: [] } }),
        },
      ]),
  },
  'policy-protocol-ignored': {
    fault: 'a rule for UDP or SCTP opens the port for TCP',
    link: 'https://github.com/kubernetes/kubernetes/pull/102509',
    seenBy: ['policies/ports/open-to-everybody-on-a-udp-port'],
    make: () => eachRule(asIs, (ports) => [...ports, ...ports.map((port) => ({ ...port, protocol: 'TCP' as const }))]),
  },
  'policy-end-port-ignored': {
    fault: 'of a range of ports only the first is open',
    link: 'https://github.com/cilium/cilium/issues/28684',
    seenBy: ['policies/ports/open-to-everybody-on-a-range'],
    make: () => eachPort((port) => ({ ...port, endPort: null })),
  },
  'policy-named-port-of-any': {
    fault: 'a named port opens the numbers that any Pod gives it, on all Pods',
    link: 'https://github.com/noironetworks/aci-containers/pull/1707',
    seenBy: ['policies/ports/a-port-s-name-means-another-number-in-each-pod'],
    make: () =>
      ask('policies', ({ pods }) => {
        const ports = pods.flatMap(({ spec }) =>
          (spec?.containers ?? []).flatMap((container) => container.ports ?? []),
        );
        const of = ({ spec }: (typeof pods)[number]) => ({
          ...spec,
          containers: [...(spec?.containers ?? []), { name: 'all', ports }],
        });
        return { pods: pods.map((pod) => ({ ...pod, spec: of(pod) })) };
      }),
  },
  'policy-one-of-many': {
    fault: 'of several policies on one Pod only one counts',
    link: 'https://github.com/k3s-io/k3s/issues/3227',
    seenBy: [
      'policies/changes/two-policies-for-the-same-pod-add-up',
      'policies/default-deny/a-rule-that-names-nobody-allows-everybody',
    ],
    make: () =>
      spoil('policies', ({ classes }) => {
        const cut = [...classes].map(([name, one]): [string, typeof one] => [
          name,
          { ...one, rules: one.rules.filter(({ policy }) => policy === one.policies[0]) },
        ]);
        return { classes: new Map(cut) };
      }),
  },
  'policy-first-peer-only': {
    fault: 'of several peers of a rule only the first is admitted',
    link: 'https://github.com/cloudnativelabs/kube-router/issues/412',
    seenBy: ['policies/peers/into-the-database-come-either-of-two-peers'],
    make: () => eachRule((peers) => peers.slice(0, 1), asIs),
  },
  'policy-never-removed': {
    fault: 'a policy that was deleted stays in force',
    link: 'https://github.com/antrea-io/antrea/issues/666',
    // a scenario that deletes its policy at its end only, and is told then
    seenBy: [
      'policies/default-deny/a-policy-without-rules-closes-what-comes-in-of-the-pods-that-it-selects',
      'policies/changes/a-policy-is-changed-and-then-deleted',
      'application/only-the-frontend/the-rule-removed-opens-the-door-and-put-back-closes-it',
    ],
    make: () => {
      const ever = new Map<string, NetworkPolicyObject>();
      return ask('policies', ({ networkPolicies }) => {
        for (const policy of networkPolicies) ever.set(`${policy.metadata.namespace}/${policy.metadata.name}`, policy);
        return { networkPolicies: [...ever.values()] };
      });
    },
  },
  'policy-never-updated': {
    fault: 'a policy stays as it was first seen',
    link: 'https://github.com/aws/aws-network-policy-agent/issues/643',
    seenBy: ['policies/changes/a-policy-is-changed-and-then-deleted'],
    make: () => {
      const first = firstSeen<NetworkPolicyObject>();
      return eachPolicy((policy) => {
        const { namespace, name, uid = '' } = policy.metadata;
        return first(`${namespace}/${name}/${uid}`, policy);
      });
    },
  },
  'policy-ended-pods-count': {
    fault: 'the address of a Pod that has ended keeps its permissions, for whoever has it next',
    link: 'https://github.com/cloudnativelabs/kube-router/issues/1056',
    seenBy: ['policies/first-moment/an-address-that-is-used-again-carries-no-old-permissions'],
    make: () =>
      spoil('policies', ({ selectors: known }, _, snapshot) => {
        const ended = snapshot.pods.filter((pod) => ['Succeeded', 'Failed'].includes(pod.status?.phase ?? ''));
        const alive = ended.map((pod) => ({ ...pod, status: { ...pod.status, phase: 'Running' } }));
        const ghosts = indexPods({ ...snapshot, pods: alive, attachments: [], node: '' });
        const { selectors } = policiesFor(indexPods(snapshot).subjects, snapshot, ghosts);
        const both = Array.from(known, ([name, members]): [string, Set<string>] => [
          name,
          new Set([...members.keys(), ...(selectors.get(name)?.keys() ?? [])]),
        ]);
        return { selectors: new Map(both) };
      }),
  },
};
