/** A small world in which anything may happen to Pods, namespaces, attachments, policies and nodes. */
import * as fc from 'fast-check';
import { aNamespace, aNode, anAttachment, aPod, aPolicy, underlay } from '../fixtures.ts';
import type { LabelSelector, NamespaceObject, NetworkPolicyObject, PodObject, PolicyPeerObject } from '../objects.ts';
import type { PodIndex } from '../pod-index.ts';
import type { Attachment, Snapshot } from '../types.ts';

const namespaces = ['n1', 'n2', 'n3'];
const namespace = fc.constantFrom(...namespaces);
const name = fc.constantFrom('a', 'b', 'c');
const labels = fc.dictionary(fc.constantFrom('app', 'tier'), fc.constantFrom('1', '2'), { maxKeys: 2 });
/** Few addresses: they are used again, here and elsewhere. */
const last = fc.integer({ min: 1, max: 4 });
const selector: fc.Arbitrary<LabelSelector> = fc.oneof(
  fc.constant({}),
  fc.record({ matchLabels: labels }),
  fc.record({
    matchExpressions: fc.array(
      fc.record({
        key: fc.constantFrom('app', 'tier', 'kubernetes.io/metadata.name'),
        operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'),
        values: fc.constantFrom<string[]>(['1'], ['1', '2'], ['n1']),
      }),
      { maxLength: 2 },
    ),
  }),
);
const peers = fc.array<PolicyPeerObject>(
  fc.oneof(
    fc.record({ podSelector: selector }),
    fc.record({ namespaceSelector: selector, podSelector: selector }),
    fc.constant<PolicyPeerObject>({ ipBlock: { cidr: '10.244.0.0/17', except: ['10.244.2.0/31'] } }),
    // one that names a node
    fc.constant({ ipBlock: { cidr: '192.168.0.0/30' } }),
  ),
  { maxLength: 2 },
);
const ports = fc.array(fc.constantFrom({ port: 80 }, { port: 'web' }, { port: 'dns', protocol: 'UDP' as const }), {
  maxLength: 2,
});

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('pod' as const),
      namespace,
      name,
      labels,
      last,
      node: fc.constantFrom('node1', 'node2', 'node3'),
      phase: fc.constantFrom('Pending', 'Running', 'Running', 'Succeeded'),
      /** It is another Pod of this name, or the same one. */
      isNew: fc.boolean(),
      isLeaving: fc.boolean(),
      onHost: fc.constantFrom(false, false, false, true),
      created: fc.constantFrom('1', '2'),
      ports: fc.subarray([
        { name: 'web', containerPort: 80 },
        { name: 'web', containerPort: 81 },
        { name: 'dns', containerPort: 53, protocol: 'UDP' as const },
      ]),
    }),
  },
  fc.record({ kind: fc.constant('no pod' as const), namespace, name }),
  fc.record({ kind: fc.constant('namespace' as const), name: namespace, labels }),
  fc.record({ kind: fc.constant('no namespace' as const), name: namespace }),
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('attach' as const), namespace, name, last, named: fc.boolean() }),
  },
  fc.record({ kind: fc.constant('detach' as const), last }),
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('policy' as const),
      namespace,
      name,
      selector,
      types: fc.subarray(['Ingress', 'Egress']),
      peers,
      ports,
    }),
  },
  fc.record({ kind: fc.constant('no policy' as const), namespace, name }),
  fc.record({
    kind: fc.constant('nodes' as const),
    others: fc.subarray([2, 3]),
    mode: fc.constantFrom('auto', 'vxlan'),
  }),
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

export const changes = fc.array(
  fc.tuple(step, fc.constantFrom(false, false, true)).map(([one, isSilent]) => ({ ...one, isSilent })),
  { minLength: 1, maxLength: 25 },
);

export class World {
  readonly #pods = new Map<string, PodObject>();
  readonly #namespaces = new Map<string, NamespaceObject>();
  readonly #policies = new Map<string, NetworkPolicyObject>();
  #followers: PodIndex[] = [];
  #policyList: NetworkPolicyObject[] = [];
  #around: Pick<Snapshot, 'nodes' | 'underlay'> = { nodes: [aNode('node1', '192.168.0.1', '10.244.1.0/24')] };
  #uid = 0;
  attachments: Attachment[] = [];

  /** Has an index told of all Pods and namespaces from now on. */
  follow(index: PodIndex): void {
    this.#followers.push(index);
  }

  find(namespace: string, name: string): PodObject[] {
    return [this.#pods.get(`${namespace}/${name}`) ?? []].flat();
  }

  pods(): PodObject[] {
    return [...this.#pods.values()];
  }

  snapshot(): Omit<Snapshot, 'pods' | 'node' | 'services' | 'endpointSlices' | 'serviceCIDRs' | 'clusterCIDRs'> {
    const { attachments } = this;
    return {
      ...this.#around,
      attachments,
      namespaces: [...this.#namespaces.values()],
      networkPolicies: this.#policyList,
    };
  }

  change(one: Step): void {
    switch (one.kind) {
      case 'pod': {
        const known = this.#pods.get(`${one.namespace}/${one.name}`);
        const ip = one.node === 'node1' ? `10.244.1.${one.last}` : `10.244.2.${one.last}`;
        const { labels, node, phase, ports } = one;
        const pod = aPod(`${one.namespace}/${one.name}`, {
          labels,
          node,
          phase,
          ports,
          ...(phase !== 'Pending' && { ip }),
        });
        const uid = (one.isNew ? undefined : known?.metadata.uid) ?? `uid-${(this.#uid += 1)}`;
        const leaving = one.isLeaving ? { deletionTimestamp: '3' } : {};
        const metadata = { ...pod.metadata, uid, creationTimestamp: one.created, ...leaving };
        return this.#put(one, { ...pod, metadata, spec: { ...pod.spec, hostNetwork: one.onHost } });
      }
      case 'no pod':
        return this.#put(one, undefined);
      case 'namespace':
        this.#namespaces.set(one.name, aNamespace(one.name, one.labels));
        return this.#followers.forEach((index) =>
          index.setNamespace(one.name, aNamespace(one.name, one.labels).metadata.labels),
        );
      case 'no namespace':
        this.#namespaces.delete(one.name);
        return this.#followers.forEach((index) => index.setNamespace(one.name, undefined));
      case 'attach': {
        const ip = `10.244.1.${one.last}`;
        const uid = one.named ? (this.find(one.namespace, one.name)[0]?.metadata.uid ?? 'unknown') : '';
        const isOther = (other: Attachment) =>
          other.ip !== ip && (other.namespace !== one.namespace || other.pod !== one.name);
        const others = this.attachments.filter(isOther);
        this.attachments = [...others, anAttachment(`${one.namespace}/${one.name}`, ip, { uid })];
        return;
      }
      case 'detach':
        this.attachments = this.attachments.filter(({ ip }) => ip !== `10.244.1.${one.last}`);
        return;
      case 'policy': {
        const rules = [{ from: one.peers, to: one.peers, ports: one.ports }];
        const spec = { podSelector: one.selector, policyTypes: one.types, ingress: rules, egress: rules };
        this.#policies.set(`${one.namespace}/${one.name}`, aPolicy(`${one.namespace}/${one.name}`, spec));
        break;
      }
      case 'no policy':
        this.#policies.delete(`${one.namespace}/${one.name}`);
        break;
      case 'nodes': {
        const nodes = [1, ...one.others].map((n) => aNode(`node${n}`, `192.168.0.${n}`, `10.244.${n}.0/24`));
        this.#around = { nodes, underlay: { ...underlay, mode: one.mode } };
        return;
      }
    }
    this.#policyList = [...this.#policies.values()];
  }

  #put({ namespace, name }: { namespace: string; name: string }, after: PodObject | undefined): void {
    const key = `${namespace}/${name}`;
    const before = this.#pods.get(key);
    this.#pods.delete(key);
    if (after !== undefined) this.#pods.set(key, after);
    for (const index of this.#followers) index.replace(before, after);
  }
}
