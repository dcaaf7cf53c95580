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

const policy = (name: string, change: string, expected: string, more: Partial<Entry> = {}): Entry => ({
  name,
  steps: [
    'the Pods "client", "web" and "db" in the namespace "shop", and "stranger" in "elsewhere"',
    'everyone reaches everyone',
    change,
    expected,
  ],
  matrix: ['shop/client', 'shop/web', 'shop/db', 'elsewhere/stranger'],
  change: true,
  ...more,
});

const reach = (name: string, where: string, more: Partial<Entry> = {}): Entry => ({
  name,
  steps: [
    `a Pod "a" and a Pod "b" ${where}`,
    'each reaches the other at its address over TCP and UDP',
    'each sees the other’s own address',
  ],
  matrix: ['a', 'b'],
  ...more,
});

const service = (name: string, when: string, then: string, more: Partial<Entry> = {}): Entry => ({
  name,
  steps: ['a Deployment "web" with 3 replicas behind the Service "web"', when, then],
  change: true,
  ...more,
});

/** Names and sentences like those of the suite: what a report has to be readable with. Not results of anything. */
export const catalogue: Record<string, Entry[]> = {
  'pods/Pods reach Pods': [
    reach('on the same node', 'on the same node'),
    reach('on another node', 'on different nodes'),
    reach('Pod to itself by its own address', 'on the same node'),
    {
      name: 'every Pod of the cluster has an address of its own',
      steps: ['30 Pods created at once', 'every one is Ready', 'no two have the same address'],
      seconds: 3,
    },
    { name: 'node to Pod', steps: ['a Pod "a" on every node', 'every node reaches every Pod'] },
    {
      name: 'large payloads in both directions at the MTU’s edge',
      steps: ['a Pod "a" and a Pod "b" on different nodes', '4 MiB go from each to the other, whole'],
      tags: ['@mtu'],
    },
    {
      name: 'an address that is used again carries no old permissions',
      steps: [
        'a policy that lets "a" in',
        'the Pod "a" is deleted',
        'its address is given to "b"',
        '"b" is not let in',
      ],
      seconds: 2.6,
    },
    {
      name: 'a hostPort is open on its node',
      steps: ['a Pod with hostPort 8080', 'the node answers on port 8080'],
      level: 'extended',
    },
  ],
  'pods/Inside a Pod': [
    { name: 'containers share localhost', steps: ['a Pod with two containers', 'one reaches the other at 127.0.0.1'] },
    {
      name: 'localhost is closed to other Pods',
      steps: ['a Pod that serves on 127.0.0.1:8080', 'another Pod is refused at its address'],
    },
    {
      name: 'containers share the port space',
      steps: ['a Pod with two containers', 'the second cannot bind the first one’s port'],
    },
  ],
  'services/A stable address': [
    service(
      'the ClusterIP stays while every backend is replaced',
      'the Deployment restarts',
      'the Service answers at the same address throughout',
      { seconds: 4.2 },
    ),
    service(
      'connections are spread over the endpoints',
      '900 connections are made',
      'each endpoint got its share (chi-square, p > 0.001)',
      { change: false },
    ),
    service(
      'session affinity keeps a client with its backend',
      'affinity is set to ClientIP',
      'one client always gets the same backend',
      { level: 'extended' },
    ),
    service(
      'scaled to zero it rejects, scaled up it answers',
      'the Deployment is scaled to 0 and back to 3',
      'the Service rejects, then answers',
    ),
    service('an endpoint that is not ready gets nothing', 'one Pod stops being ready', 'only the other two answer'),
    service('a deleted Service stops answering', 'the Service is deleted', 'its address answers no longer'),
    service(
      'a Pod reaches itself through its Service',
      'the Deployment has one replica',
      'the Pod is answered by itself',
      { tags: ['@hairpin'], change: false },
    ),
    service('an open connection stays where it is', 'a replica is added', 'the connection is still open', {
      level: 'observed',
    }),
  ],
  'services/Discovery': [
    service('by full name', 'the name web.shop.svc.cluster.local is looked up', 'it is the ClusterIP', {
      change: false,
    }),
    service('by short name in the namespace', 'the name web is looked up', 'it is the ClusterIP', { change: false }),
    service('headless records are the Pods', 'a headless Service is looked up', 'it is the Pods’ addresses', {
      change: false,
    }),
    service('SRV records carry the named port', 'the SRV record is looked up', 'it names port 8080', { change: false }),
  ],
  'services/Ports': [
    service('a NodePort answers on every node', 'the Service is of type NodePort', 'every node answers', {
      change: false,
    }),
    service(
      'a named targetPort follows each Pod',
      'Pods serve the name "http" at different numbers',
      'each is reached at its own',
      { change: false },
    ),
    service('UDP', 'the Service has a UDP port', 'it answers', { change: false }),
  ],
  'policies/Default deny': [
    policy('ingress', 'a policy denies all ingress to "shop"', 'nobody reaches "shop"'),
    policy('egress', 'a policy denies all egress from "shop"', '"shop" reaches nobody'),
    policy('both directions', 'a policy denies everything in "shop"', 'nothing gets in or out'),
    policy(
      'DNS stays open when it is allowed',
      'a policy denies egress except DNS',
      'names resolve, nothing else is reached',
    ),
  ],
  'policies/Who is let in': [
    policy('Pods by label', '"db" lets in Pods labelled app=web', 'only "web" reaches "db"'),
    policy('namespaces by label', '"db" lets in namespaces labelled team=shop', 'only "shop" reaches "db"'),
    policy(
      'Pods by label in namespaces by label',
      '"db" lets in app=web of team=shop',
      'only "web" of "shop" reaches "db"',
    ),
    policy('an address block', '"db" lets in 10.244.1.0/24', 'only Pods on the second node reach "db"'),
    policy(
      'an address block with a hole',
      '"db" lets in 10.244.0.0/16 except 10.244.2.0/24',
      'all but Pods on the third node reach "db"',
    ),
    policy('matchExpressions', '"db" lets in Pods whose app is in (web, api)', 'only "web" reaches "db"'),
    policy('several policies add up', 'one policy lets in "web", another "client"', 'both reach "db"'),
    policy(
      'an empty podSelector is everyone in the namespace',
      '"db" lets in podSelector {}',
      'all of "shop" reaches "db"',
    ),
  ],
  'policies/Which ports': [
    policy('one port', '"db" opens TCP 5432', 'TCP 5432 answers, TCP 8080 does not'),
    policy('a range of ports', '"db" opens TCP 8000 to 8100', 'TCP 8080 answers', { level: 'extended' }),
    policy(
      'a named port, a different number in each Pod',
      '"db" opens the port "sql"',
      'each Pod answers at its own number',
    ),
    policy('UDP and TCP are told apart', '"db" opens UDP 53', 'UDP 53 answers, TCP 53 does not'),
  ],
  'policies/Change': [
    policy('a policy that is changed', 'the policy now names "client"', 'only "client" reaches "db"'),
    policy('a policy that is deleted', 'the policy is deleted', 'everyone reaches "db"'),
    policy('a Pod that gets another label', '"web" is relabelled app=old', '"web" no longer reaches "db"'),
    policy('a namespace that gets another label', '"shop" is relabelled team=none', '"shop" no longer reaches "db"'),
    policy(
      'a new Pod under an old policy, from its first packet',
      'a Pod talks from its first millisecond',
      'not one packet gets through',
      { tags: ['@first-packet'] },
    ),
    policy('an open connection when a policy appears', 'a policy denies what is open', 'the connection is reported', {
      level: 'observed',
    }),
    policy('seen through the Service’s address', '"db" is behind a Service', 'what is denied is denied there too'),
  ],
  'application/The shop': [
    policy('a visitor reads a page', 'a visitor opens the page', 'it shows what is in the database', { change: false }),
    policy(
      'an intruder is denied at the address, the Service and the name',
      'an intruder dials all three',
      'none answers',
    ),
    policy('an intruder that was started later', 'an intruder starts', 'it is denied'),
    policy('an intruder in another namespace that wears the label', 'it wears app=frontend', 'it is denied'),
    policy('a frontend whose label was taken away', 'the label is removed', 'it is denied'),
    {
      name: 'the page keeps coming while the frontend rolls',
      steps: ['a visitor reads a page every 20 ms', 'the frontend restarts', 'every page came'],
      seconds: 6.4,
    },
    {
      name: 'the page keeps coming while the frontend scales 1 to 5 to 2',
      steps: ['a visitor reads a page every 20 ms', 'the frontend scales to 5, then 2', 'every page came'],
      seconds: 7.1,
    },
    {
      name: 'the page keeps coming while a node’s agent restarts',
      steps: ['a visitor reads a page every 20 ms', 'the agent restarts', 'every page came'],
      level: 'extended',
      seconds: 4.4,
    },
    policy('the rule removed opens, put back closes', 'the rule is removed and put back', 'the door opens and closes'),
  ],
  'load/The Service path under load': [
    {
      name: 'no request is lost while the Deployment rolls',
      steps: [
        'k6 sends 200 requests a second for 20 s through the Service',
        'the Deployment restarts after 6 s',
        'no request is lost',
      ],
      tags: ['@load'],
      seconds: 22,
    },
    {
      name: 'no request is lost while it scales 5 to 2',
      steps: [
        'k6 sends 200 requests a second for 20 s through the Service',
        'the Deployment scales to 2',
        'no request is lost',
      ],
      tags: ['@load'],
      seconds: 22,
    },
  ],
};
