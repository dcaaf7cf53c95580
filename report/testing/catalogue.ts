import type { Level } from '../model.ts';

/**
 * What a scenario of the sample is like. `matrix`: pods probing each other; `change`: a policy or Service changes
 * meanwhile.
 */
export interface Entry {
  name: string;
  steps: string[];
  level?: Level;
  tags?: string[];
  matrix?: string[];
  change?: boolean;
  seconds?: number;
}

const policy = (name: string, more: Partial<Entry> = {}, expected = 'only what it allows gets through'): Entry => ({
  name,
  steps: [
    'the Pods "client", "web" and "db" in the namespace "shop", and "stranger" in "elsewhere"',
    'everyone reaches everyone',
    'a policy for the Pods of "shop" changes',
    expected,
  ],
  matrix: ['shop/client', 'shop/web', 'shop/db', 'elsewhere/stranger'],
  change: true,
  ...more,
});

const reach = (name: string): Entry => ({
  name,
  steps: [
    'a Pod "a" and a Pod "b"',
    'each reaches the other at its address over TCP and UDP',
    'each sees the other’s own address',
  ],
  matrix: ['a', 'b'],
});

const service = (name: string, more: Partial<Entry> = {}): Entry => ({
  name,
  steps: [
    'a Deployment "web" with 3 replicas behind the Service "web"',
    'the Service changes',
    'it answers as it must',
  ],
  change: true,
  ...more,
});

const pods = (name: string, more: Partial<Entry> = {}): Entry => ({
  name,
  steps: ['a Pod "a" on every node', 'it answers at its address'],
  ...more,
});

const steady = { change: false };
const load: Partial<Entry> = {
  steps: ['k6 sends 200 requests a second for 20 s through the Service', 'the Deployment changes', 'none is lost'],
  tags: ['@load'],
  change: false,
  seconds: 22,
};

/** Names and sentences like those of the suite: what a report has to be readable with. Not results of anything. */
export const catalogue: Record<string, Entry[]> = {
  'pods/Pods reach Pods': [
    reach('on the same node'),
    reach('on another node'),
    reach('Pod to itself by its own address'),
    pods('every Pod of the cluster has an address of its own', { seconds: 3 }),
    pods('node to Pod'),
    pods('large payloads in both directions at the MTU’s edge', { tags: ['@mtu'] }),
    pods('an address that is used again carries no old permissions', { seconds: 2.6 }),
    pods('a hostPort is open on its node', { level: 'extended' }),
  ],
  'pods/Inside a Pod': [
    pods('containers share localhost'),
    pods('localhost is closed to other Pods'),
    pods('containers share the port space'),
  ],
  'services/A stable address': [
    service('the ClusterIP stays while every backend is replaced', { seconds: 4.2 }),
    service('connections are spread over the endpoints', steady),
    service('session affinity keeps a client with its backend', { level: 'extended' }),
    service('scaled to zero it rejects, scaled up it answers'),
    service('an endpoint that is not ready gets nothing'),
    service('a deleted Service stops answering'),
    service('a Pod reaches itself through its Service', { tags: ['@hairpin'], change: false }),
    service('an open connection stays where it is', { level: 'observed' }),
  ],
  'services/Discovery': [
    service('by full name', steady),
    service('by short name in the namespace', steady),
    service('headless records are the Pods', steady),
    service('SRV records carry the named port', steady),
  ],
  'services/Ports': [
    service('a NodePort answers on every node', steady),
    service('a named targetPort follows each Pod', steady),
    service('UDP', steady),
  ],
  'policies/Default deny': [
    policy('ingress'),
    policy('egress'),
    policy('both directions'),
    policy('DNS stays open when it is allowed'),
  ],
  'policies/Who is let in': [
    policy('Pods by label'),
    policy('namespaces by label'),
    policy('Pods by label in namespaces by label'),
    policy('an address block'),
    policy('an address block with a hole'),
    policy('matchExpressions'),
    policy('several policies add up'),
    policy('an empty podSelector is everyone in the namespace'),
  ],
  'policies/Which ports': [
    policy('one port'),
    policy('a range of ports', { level: 'extended' }),
    policy('a named port, a different number in each Pod'),
    policy('UDP and TCP are told apart'),
  ],
  'policies/Change': [
    policy('a policy that is changed'),
    policy('a policy that is deleted'),
    policy('a Pod that gets another label', {}, '"web" no longer reaches "db"'),
    policy('a namespace that gets another label'),
    policy('a new Pod under an old policy, from its first packet', { tags: ['@first-packet'] }),
    policy('an open connection when a policy appears', { level: 'observed' }),
    policy('seen through the Service’s address'),
  ],
  'application/The shop': [
    policy('a visitor reads a page', steady),
    policy('an intruder is denied at the address, the Service and the name'),
    policy('an intruder that was started later'),
    policy('an intruder in another namespace that wears the label'),
    policy('a frontend whose label was taken away'),
    pods('the page keeps coming while the frontend rolls', { seconds: 6.4 }),
    pods('the page keeps coming while the frontend scales 1 to 5 to 2', { seconds: 7.1 }),
    pods('the page keeps coming while a node’s agent restarts', { level: 'extended', seconds: 4.4 }),
    policy('the rule removed opens, put back closes'),
  ],
  'load/The Service path under load': [
    service('no request is lost while the Deployment rolls', load),
    service('no request is lost while it scales 5 to 2', load),
  ],
};
