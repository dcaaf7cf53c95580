/** Faults in NetworkPolicies. Most are the model itself, asked about objects that are not quite what the API server has. */
import type { Mutant, NetworkPolicyObject, Snapshot } from '../model/index.ts';
import { indexPods } from '../model/pods.ts';
import { policies, policiesFor } from '../model/policies/index.ts';
import { type Fault, firstSeen } from './fault.ts';

type Spec = NonNullable<NetworkPolicyObject['spec']>;
type Peers = NonNullable<NonNullable<Spec['ingress']>[number]['from']>;
type Ports = NonNullable<NonNullable<Spec['ingress']>[number]['ports']>;

/** The policies that this snapshot would give. */
const asked =
  (change: (snapshot: Snapshot) => Partial<Snapshot>): Mutant =>
  (desired, snapshot) => ({ ...desired, policies: policies({ ...snapshot, ...change(snapshot) }) });

const eachSpec = (change: (spec: Spec) => Spec) => (): Mutant =>
  asked(({ networkPolicies }) => ({
    networkPolicies: networkPolicies.map((policy) => ({ ...policy, spec: change(policy.spec ?? {}) })),
  }));

const eachRule = (peers: (peers: Peers) => Peers, ports: (ports: Ports) => Ports) =>
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
    make: () => asked(() => ({ networkPolicies: [] })),
  },
  'policy-except-ignored': {
    fault: 'an ipBlock allows what its `except` takes out',
    link: 'https://github.com/ovn-kubernetes/ovn-kubernetes/issues/845',
    make: eachPeer((peer) => [peer.ipBlock ? { ...peer, ipBlock: { ...peer.ipBlock, except: [] } } : peer]),
  },
  'policy-empty-selector-none': {
    fault: 'an empty podSelector selects no Pod in place of all',
    link: 'https://github.com/cloudnativelabs/kube-router/issues/90',
    make: eachSpec((spec) =>
      Object.keys(spec.podSelector ?? {}).length === 0 ? { ...spec, podSelector: nothing } : spec,
    ),
  },
  'policy-both-directions': {
    fault: 'a policy that names one direction isolates in the other one too',
    link: 'https://github.com/aws/aws-network-policy-agent/issues/456',
    make: eachSpec((spec) => ({ ...spec, policyTypes: ['Ingress', 'Egress'] })),
  },
  'policy-egress-ignored': {
    fault: 'egress is never isolated',
    link: 'https://github.com/kubernetes/kubernetes/issues/75676',
    make: () => (desired) => ({ ...desired, policies: { ...desired.policies, egress: new Map() } }),
  },
  'policy-namespace-labels-forgotten': {
    fault: 'a namespace keeps the labels with which it was first seen',
    link: 'https://github.com/ovn-kubernetes/ovn-kubernetes/pull/1850',
    make: () => {
      const first = firstSeen<Snapshot['namespaces'][number]>();
      return asked(({ namespaces }) => ({
        namespaces: namespaces.map((namespace) => first(namespace.metadata.uid ?? namespace.metadata.name, namespace)),
      }));
    },
  },
  'policy-pod-labels-forgotten': {
    fault: 'a Pod keeps the labels with which it was first seen',
    link: 'https://github.com/kubeovn/kube-ovn/issues/1920',
    make: () => {
      const first = firstSeen<Snapshot['pods'][number]['metadata']['labels']>();
      return asked(({ pods }) => ({
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
    make:
      () =>
      (desired, { pods }) => {
        const known = new Set(pods.map(({ status }) => status?.podIP));
        const late = (isolated: Map<string, string>) =>
          new Map([...isolated].filter(([address]) => known.has(address)));
        const { ingress, egress } = desired.policies;
        return { ...desired, policies: { ...desired.policies, ingress: late(ingress), egress: late(egress) } };
      },
  },
  'policy-selectors-or': {
    fault: 'podSelector and namespaceSelector of one peer are alternatives',
    link: 'https://github.com/ahmetb/kubernetes-network-policy-recipes/pull/27',
    make: eachPeer((peer) =>
      peer.podSelector && peer.namespaceSelector
        ? [{ podSelector: peer.podSelector }, { namespaceSelector: peer.namespaceSelector }]
        : [peer],
    ),
  },
  'policy-any-namespace': {
    fault: 'a podSelector alone admits Pods with that label from every namespace',
    link: 'https://github.com/kubernetes/kubernetes/issues/50451',
    make: eachPeer((peer) => [peer.podSelector && !peer.namespaceSelector ? { ...peer, namespaceSelector: {} } : peer]),
  },
  'policy-empty-namespace-selector-all': {
    fault: 'an empty namespaceSelector admits the world and not only Pods',
    link: 'https://github.com/cilium/cilium/issues/4513',
    make: eachPeer((peer) =>
      peer.namespaceSelector && Object.keys(peer.namespaceSelector).length === 0 && !peer.podSelector
        ? [{ ipBlock: { cidr: '0.0.0.0/0' } }]
        : [peer],
    ),
  },
  'policy-expressions-ignored': {
    fault: 'matchExpressions of peers are not looked at',
    link: 'https://github.com/cloudnativelabs/kube-router/issues/614',
    make: eachPeer((peer) => [
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
    make: eachRule(asIs, (ports) => [...ports, ...ports.map((port) => ({ ...port, protocol: 'TCP' as const }))]),
  },
  'policy-end-port-ignored': {
    fault: 'of a range of ports only the first is open',
    link: 'https://github.com/cilium/cilium/issues/28684',
    make: eachPort((port) => ({ ...port, endPort: null })),
  },
  'policy-named-port-of-any': {
    fault: 'a named port opens the numbers that any Pod gives it, on all Pods',
    link: 'https://github.com/noironetworks/aci-containers/pull/1707',
    make:
      () =>
      (desired, { pods }) => {
        const addresses = [...desired.attached.keys(), ...pods.flatMap(({ status }) => status?.podIP ?? [])];
        const spread = [...desired.policies.namedPorts].map(([name, targets]): [string, typeof targets] => {
          const everywhere = targets.flatMap((target) => addresses.map((address) => ({ ...target, address })));
          return [name, everywhere];
        });
        return { ...desired, policies: { ...desired.policies, namedPorts: new Map(spread) } };
      },
  },
  'policy-one-of-many': {
    fault: 'of several policies on one Pod only one counts',
    link: 'https://github.com/k3s-io/k3s/issues/3227',
    make: () => (desired) => {
      const classes = [...desired.policies.classes].map(([name, one]): [string, typeof one] => [
        name,
        { ...one, rules: one.rules.filter(({ policy }) => policy === one.policies[0]) },
      ]);
      return { ...desired, policies: { ...desired.policies, classes: new Map(classes) } };
    },
  },
  'policy-first-peer-only': {
    fault: 'of several peers of a rule only the first is admitted',
    link: 'https://github.com/cloudnativelabs/kube-router/issues/412',
    make: eachRule((peers) => peers.slice(0, 1), asIs),
  },
  'policy-never-removed': {
    fault: 'a policy that was deleted stays in force',
    link: 'https://github.com/antrea-io/antrea/issues/666',
    make: () => {
      const ever = new Map<string, NetworkPolicyObject>();
      return asked(({ networkPolicies }) => {
        for (const policy of networkPolicies) ever.set(`${policy.metadata.namespace}/${policy.metadata.name}`, policy);
        return { networkPolicies: [...ever.values()] };
      });
    },
  },
  'policy-never-updated': {
    fault: 'a policy stays as it was first seen',
    link: 'https://github.com/aws/aws-network-policy-agent/issues/643',
    make: () => {
      const first = firstSeen<NetworkPolicyObject>();
      return asked(({ networkPolicies }) => ({
        networkPolicies: networkPolicies.map((policy) => {
          const { namespace, name, uid = '' } = policy.metadata;
          return first(`${namespace}/${name}/${uid}`, policy);
        }),
      }));
    },
  },
  'policy-ended-pods-count': {
    fault: 'the address of a Pod that has ended keeps its permissions, for whoever has it next',
    link: 'https://github.com/cloudnativelabs/kube-router/issues/1056',
    make: () => (desired, snapshot) => {
      const ended = snapshot.pods.filter((pod) => ['Succeeded', 'Failed'].includes(pod.status?.phase ?? ''));
      const alive = ended.map((pod) => ({ ...pod, status: { ...pod.status, phase: 'Running' } }));
      const ghosts = indexPods({ ...snapshot, pods: alive, attachments: [], node: '' });
      const { selectors } = policiesFor(indexPods(snapshot).subjects, snapshot, ghosts);
      const both = [...desired.policies.selectors].map(([name, members]): [string, Set<string>] => [
        name,
        members.union(selectors.get(name) ?? new Set()),
      ]);
      return { ...desired, policies: { ...desired.policies, selectors: new Map(both) } };
    },
  },
};
