/** Faults in Services, host ports and masquerade. */
import type { EndpointSliceObject, Mutant, ServiceObject } from '../model/index.ts';
import type { Balancer, Endpoint, Frontend, ServiceEntry } from '../model/services/index.ts';
import { ask, type Fault, firstSeen, spoil } from './fault.ts';

const eachEntry = (change: (entry: ServiceEntry) => ServiceEntry): Mutant =>
  spoil('services', ({ entries }) => ({ entries: new Map(Array.from(entries, ([name, one]) => [name, change(one)])) }));

const eachBalancer = (change: (balancer: Balancer) => Partial<Balancer>): Mutant =>
  eachEntry((entry) => ({ ...entry, balancers: entry.balancers.map((one) => ({ ...one, ...change(one) })) }));

type Spec = NonNullable<ServiceObject['spec']>;

const eachSpec = (change: (spec: Spec) => Spec): Mutant =>
  ask('services', ({ services }) => ({
    services: services.map((service) => ({ ...service, spec: { ...service.spec, ...change(service.spec ?? {}) } })),
  }));

type Endpoints = NonNullable<EndpointSliceObject['endpoints']>;

const eachSlice = (change: (endpoints: Endpoints, slice: EndpointSliceObject) => Endpoints): Mutant =>
  ask('services', ({ endpointSlices }) => ({
    endpointSlices: endpointSlices.map((slice) => ({ ...slice, endpoints: change(slice.endpoints ?? [], slice) })),
  }));

export const serviceFaults: Record<string, Fault> = {
  'service-one-endpoint': {
    fault: 'all connections go to one endpoint',
    link: 'https://github.com/kubernetes/kubernetes/issues/115114',
    seenBy: [
      'services/cluster-ip/connections-are-spread-over-the-pods-behind-a-service',
      'services/endpoints/new-connections-reach-a-pod-that-is-added-and-no-longer-one-that-is-taken-away',
    ],
    make: () => eachBalancer(({ endpoints }) => ({ endpoints: endpoints.slice(0, 1) })),
  },
  'service-endpoint-updates-lost': {
    fault: 'endpoints that have gone are never taken out',
    link: 'https://github.com/kubernetes/kubernetes/issues/67875',
    seenBy: ['services/endpoints/new-connections-reach-a-pod-that-is-added-and-no-longer-one-that-is-taken-away'],
    make: () => {
      const ever = new Map<string, Map<string, Endpoint>>();
      return eachBalancer(({ key, endpoints }) => {
        const known = ever.get(key) ?? new Map<string, Endpoint>();
        ever.set(key, known);
        for (const endpoint of endpoints) known.set(`${endpoint.address}:${endpoint.port}`, endpoint);
        return { endpoints: [...known.values()] };
      });
    },
  },
  'service-early-slices-lost': {
    fault: 'an EndpointSlice that comes before its Service is forgotten',
    link: 'https://github.com/ovn-kubernetes/ovn-kubernetes/pull/3589',
    seenBy: [
      'services/cluster-ip/every-pod-reaches-a-service-from-every-node-over-tcp-and-udp',
      'services/cluster-ip/ports-are-mapped-and-a-named-targetport-is-another-number-in-each-pod',
      'services/cluster-ip/a-node-reaches-a-service',
      'services/endpoints/new-connections-reach-a-pod-that-is-added-and-no-longer-one-that-is-taken-away',
    ],
    adversary: 27,
    make: () => {
      const early = new Map<string, boolean>();
      return ask('services', ({ services: known, endpointSlices }) => {
        const names = new Set(known.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
        for (const { metadata } of endpointSlices) {
          const service = `${metadata.namespace}/${metadata.labels?.['kubernetes.io/service-name']}`;
          const { uid = metadata.name } = metadata;
          if (!early.has(uid)) early.set(uid, !names.has(service));
        }
        return { endpointSlices: endpointSlices.filter(({ metadata: { uid, name } }) => !early.get(uid ?? name)) };
      });
    },
  },
  'service-early-endpoints-lost': {
    fault: 'an endpoint that comes before its Pod has an address is forgotten',
    link: 'https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/3299',
    seenBy: [
      'services/endpoints/the-address-stays-while-every-pod-behind-it-is-replaced',
      'services/endpoints/scaled-to-zero-and-back',
    ],
    adversary: 27,
    make: () => {
      const early = new Map<string, boolean>();
      return ask('services', ({ pods, endpointSlices }) => {
        const known = new Set(pods.map(({ status }) => status?.podIP));
        const isEarly = (address = ''): boolean => {
          if (!early.has(address)) early.set(address, !known.has(address));
          return early.get(address) as boolean;
        };
        return {
          endpointSlices: endpointSlices.map((slice) => ({
            ...slice,
            // what is outside of all Pods is no Pod's: the API server
            endpoints: (slice.endpoints ?? []).filter(
              ({ addresses }) => slice.metadata.namespace === 'default' || !isEarly(addresses[0]),
            ),
          })),
        };
      });
    },
  },
  'service-first-endpoints-forever': {
    fault: 'a Service keeps the endpoints that it had first',
    link: 'https://github.com/kubernetes/kubernetes/issues/51445',
    seenBy: ['services/endpoints/new-connections-reach-a-pod-that-is-added-and-no-longer-one-that-is-taken-away'],
    make: () => {
      const first = firstSeen<Endpoint[]>();
      return eachBalancer(({ key, endpoints }) => ({
        endpoints: endpoints.length === 0 ? endpoints : first(key, endpoints),
      }));
    },
  },
  'service-not-ready-endpoints': {
    fault: 'endpoints that are not ready get connections',
    link: 'https://github.com/projectcalico/calico/issues/4952',
    seenBy: ['services/endpoints/a-pod-that-says-that-it-is-not-ready-gets-no-new-connections'],
    make: () => eachSlice((endpoints) => endpoints.map((one) => ({ ...one, conditions: { ready: true } }))),
  },
  'service-udp-flows-kept': {
    fault: 'a UDP flow stays with an endpoint that has gone',
    link: 'https://github.com/kubernetes/kubernetes/issues/139628',
    seenBy: ['services/endpoints/a-udp-client-is-not-left-with-a-pod-that-has-gone-from-the-service'],
    make: () => eachBalancer(() => ({ forgetFlows: false })),
  },
  'service-tcp-only': {
    fault: 'Services have no UDP ports',
    link: 'https://kubernetes.io/docs/reference/networking/service-protocols/',
    seenBy: ['services/cluster-ip/every-pod-reaches-a-service-from-every-node-over-tcp-and-udp'],
    make: () =>
      eachEntry((entry) => ({
        ...entry,
        frontends: entry.frontends.filter(({ protocol }) => protocol === 'TCP'),
        nodePorts: entry.nodePorts.filter(({ protocol }) => protocol === 'TCP'),
      })),
  },
  'service-target-port-ignored': {
    fault: 'connections go to the Service’s port number on the endpoint',
    link: 'https://github.com/kubernetes/kubernetes/issues/54968',
    seenBy: ['services/cluster-ip/ports-are-mapped-and-a-named-targetport-is-another-number-in-each-pod'],
    make: () =>
      eachEntry((entry) => ({
        ...entry,
        balancers: entry.balancers.map((balancer) => {
          const port = entry.frontends.find((frontend) => frontend.balancer === balancer.key)?.port;
          const endpoints = balancer.endpoints.map((endpoint) => ({ ...endpoint, port: port ?? endpoint.port }));
          return { ...balancer, endpoints };
        }),
      })),
  },
  'service-first-port-only': {
    fault: 'a Service has only its first port',
    link: 'https://kubernetes.io/docs/concepts/services-networking/service/#multi-port-services',
    seenBy: ['services/cluster-ip/ports-are-mapped-and-a-named-targetport-is-another-number-in-each-pod'],
    make: () => eachSpec(({ ports = [] }) => ({ ports: ports.slice(0, 1) })),
  },
  'service-no-affinity': {
    fault: 'sessionAffinity is ignored',
    link: 'https://github.com/cilium/cilium/issues/35254',
    seenBy: ['services/affinity/a-client-stays-with-its-pod-and-is-free-again-after-the-timeout'],
    make: () => eachSpec(() => ({ sessionAffinity: 'None' })),
  },
  'service-affinity-forever': {
    fault: 'session affinity has no timeout but the longest',
    link: 'https://github.com/kubernetes/kubernetes/issues/112806',
    seenBy: ['services/affinity/a-client-stays-with-its-pod-and-is-free-again-after-the-timeout'],
    make: () => eachBalancer(({ affinity }) => (affinity === undefined ? {} : { affinity: 86_400 })),
  },
  'service-affinity-of-all-forgotten': {
    fault: 'an address that goes from one Service to another costs the clients of all others their Pods',
    link: 'https://github.com/kubernetes/kubernetes/issues/25314',
    seenBy: ['services/affinity/a-client-stays-with-its-pod-when-another-service-goes-and-a-new-one-has-its-address'],
    make: () => {
      const owners = new Map<string, string>();
      let changes = 0;
      const passedOn = ({ name, frontends }: ServiceEntry) =>
        frontends.filter(({ address, protocol, port }) => {
          const at = `${address} ${protocol} ${port}`;
          const isNew = (owners.get(at) ?? name) !== name;
          owners.set(at, name);
          return isNew;
        }).length;
      // what a client was known by follows from the name of the balancer
      const renamed = <T extends { balancer: string }>(some: T[]) =>
        some.map((one) => ({ ...one, balancer: `${one.balancer} ${changes}` }));
      return (desired, snapshot) => {
        for (const entry of desired.services.entries.values()) changes += passedOn(entry);
        if (changes === 0) return desired;
        return eachEntry((entry) => ({
          ...entry,
          frontends: renamed(entry.frontends),
          nodePorts: renamed(entry.nodePorts),
          balancers: entry.balancers.map((one) => ({ ...one, key: `${one.key} ${changes}` })),
          shortcuts: renamed(entry.shortcuts).map((one) => ({
            ...one,
            pods: `${one.pods} ${changes}`,
            node: `${one.node} ${changes}`,
          })),
        }))(desired, snapshot);
      };
    },
  },
  'service-no-reject': {
    fault: 'a Service without endpoints lets clients wait in place of rejecting them',
    link: 'https://github.com/kubernetes/kubernetes/issues/60124',
    seenBy: ['services/cluster-ip/a-service-without-endpoints-refuses-at-once'],
    make: () => eachBalancer(() => ({ whenEmpty: 'drop' })),
  },
  'service-no-hairpin': {
    fault: 'a Pod cannot reach itself through its Service',
    link: 'https://github.com/cloudnativelabs/kube-router/issues/1235',
    seenBy: ['services/cluster-ip/a-pod-reaches-itself-through-its-own-service'],
    make: () => spoil('services', () => ({ hairpin: [] })),
  },
  'service-pods-masqueraded': {
    fault: 'an endpoint sees the node in place of the Pod that came through a ClusterIP',
    link: 'https://github.com/weaveworks/weave/issues/3452',
    seenBy: ['services/source-addresses/the-pods-behind-a-service-see-the-client-s-own-address'],
    make: () => eachBalancer(() => ({ masquerade: true })),
  },
  'service-node-port-needs-local-pod': {
    fault: 'a node port is served only by nodes that have an endpoint',
    link: 'https://github.com/cilium/cilium/issues/11746',
    seenBy: ['services/node-ports/every-node-answers-at-a-node-port'],
    make: () => (desired, snapshot) => {
      const isHere = ({ address }: Endpoint) => desired.attached.has(address);
      return eachEntry((entry) =>
        entry.balancers.some(({ endpoints }) => endpoints.some(isHere)) ? entry : { ...entry, nodePorts: [] },
      )(desired, snapshot);
    },
  },
  'service-external-local-ignored': {
    fault: 'externalTrafficPolicy Local hides the client’s address and leaves the node',
    link: 'https://github.com/kubernetes/kubernetes/issues/66062',
    seenBy: ['services/source-addresses/a-node-port-that-keeps-the-address-of-who-comes-from-outside'],
    make: () => eachSpec(() => ({ externalTrafficPolicy: 'Cluster' })),
  },
  'service-external-over-cluster-ip': {
    fault: 'an external address takes the connections of the Service whose ClusterIP it is',
    link: 'https://github.com/kubernetes/kubernetes/issues/97076',
    seenBy: ['policies/attacks/a-clusterip-stays-its-service-s-when-another-service-names-it-as-an-external-address'],
    make: () =>
      spoil('services', ({ entries }) => {
        const at = ({ address, protocol, port }: Frontend) => `${address} ${protocol} ${port}`;
        const taken = new Set([...entries.values()].flatMap(({ refused = [] }) => refused.map(at)));
        const spoiled = Array.from(entries, ([name, entry]): [string, ServiceEntry] => {
          const frontends = entry.frontends.filter((one) => !taken.has(at(one)));
          return [name, taken.size === 0 ? entry : { ...entry, frontends: [...frontends, ...(entry.refused ?? [])] }];
        });
        return { entries: new Map(spoiled) };
      }),
  },
  'service-never-removed': {
    fault: 'a deleted Service goes on answering',
    link: 'https://github.com/kubernetes/kubernetes/pull/141371',
    seenBy: ['services/cluster-ip/a-deleted-service-stops-answering'],
    make: () => {
      const ever = new Map<string, ServiceEntry>();
      return spoil('services', ({ entries }) => {
        for (const [name, entry] of entries) ever.set(name, entry);
        return { entries: new Map(ever) };
      });
    },
  },
  'masquerade-between-pods': {
    fault: 'a Pod on another node sees the node in place of the Pod',
    link: 'https://github.com/flannel-io/flannel/issues/964',
    seenBy: ['pods/connections/pods-of-different-nodes'],
    make: () => spoil('masquerade', () => ({ except: ['127.0.0.0-127.255.255.255'] })),
  },
  'masquerade-none': {
    fault: 'Pods leave the cluster under their own addresses, and nothing comes back',
    link: 'https://github.com/cloudnativelabs/kube-router/issues/8',
    seenBy: ['services/cluster-ip/a-pod-reaches-the-api-server-which-is-no-pod'],
    make: () => spoil('masquerade', () => ({ sources: [] })),
  },
  'host-port-none': {
    fault: 'host ports are accepted and never served',
    link: 'https://github.com/aws/amazon-vpc-cni-k8s/issues/3079',
    seenBy: ['pods/connections/a-pod-s-host-port-answers-at-the-address-of-its-node'],
    make: () => spoil('hostPorts', () => ({ ports: [] })),
  },
  'host-port-any-address': {
    fault: 'a host port for one address of the node is open on all',
    link: 'https://github.com/kubernetes/kubernetes/issues/73702',
    seenBy: ['pods/connections/a-host-port-for-one-address-of-the-node-is-closed-at-the-others'],
    make: () => spoil('hostPorts', ({ ports }) => ({ ports: ports.map((port) => ({ ...port, hostIP: '0.0.0.0' })) })),
  },
};
