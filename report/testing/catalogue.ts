import type { Level } from '../model.ts';

/** What a scenario of the sample is like. `matrix`: Pods that probe each other; `change`: something changes. */
export interface Entry {
  name: string;
  level: Level;
  tags: string[];
  steps: string[];
  matrix?: string[];
  change?: boolean;
  seconds?: number;
}

const policySteps = [
  'the Pods "client", "web" and "db" in the namespace "shop", and "stranger" in "elsewhere"',
  'everyone reaches everyone',
  'a policy for the Pods of "shop" changes',
];
const matrix = ['shop/client', 'shop/web', 'shop/db', 'elsewhere/stranger'];
const policy = { steps: [...policySteps, 'only what it allows gets through'], matrix, change: true };
const deployment = 'a Deployment "web" with 3 replicas behind the Service "web"';
const service = { steps: [deployment, 'the Service changes', 'it answers as it must'], change: true };
const reach = 'each reaches the other at its address over TCP and UDP';
const rate = 'k6 sends 200 requests a second for 20 s through the Service';

const kinds: Record<string, Pick<Entry, 'steps' | 'matrix' | 'change'>> = {
  reach: { steps: ['a Pod "a" and a Pod "b"', reach, 'each sees the other’s own address'], matrix: ['a', 'b'] },
  pods: { steps: ['a Pod "a" on every node', 'it answers at its address'] },
  service,
  'service as it is': { ...service, change: false },
  policy,
  'policy as it is': { ...policy, change: false },
  label: { ...policy, steps: [...policySteps, '"web" no longer reaches "db"'] },
  load: { steps: [rate, 'the Deployment changes', 'none is lost'], change: false },
};

/** Names like those of the suite: what a report has to be readable with. Not results of anything. */
const text = `
pods/Pods reach Pods
  reach: on the same node | on another node | Pod to itself by its own address
  pods: every Pod of the cluster has an address of its own 3 s | node to Pod
  pods: large payloads in both directions at the MTU’s edge @mtu
  pods: an address that is used again carries no old permissions 2.6 s | a hostPort is open on its node @extended

pods/Inside a Pod
  pods: containers share localhost | localhost is closed to other Pods | containers share the port space

services/A stable address
  service: the ClusterIP stays while every backend is replaced 4.2 s
  service as it is: connections are spread over the endpoints
  service: session affinity keeps a client with its backend @extended | scaled to zero it rejects, scaled up it answers
  service: an endpoint that is not ready gets nothing | a deleted Service stops answering
  service as it is: a Pod reaches itself through its Service @hairpin
  service: an open connection stays where it is @observed

services/Discovery
  service as it is: by full name | by short name in the namespace | headless records are the Pods
  service as it is: SRV records carry the named port

services/Ports
  service as it is: a NodePort answers on every node | a named targetPort follows each Pod | UDP

policies/Default deny
  policy: ingress | egress | both directions | DNS stays open when it is allowed

policies/Who is let in
  policy: Pods by label | namespaces by label | Pods by label in namespaces by label | an address block
  policy: an address block with a hole | matchExpressions | several policies add up
  policy: an empty podSelector is everyone in the namespace

policies/Which ports
  policy: one port | a range of ports @extended | a named port, a different number in each Pod
  policy: UDP and TCP are told apart

policies/Change
  policy: a policy that is changed | a policy that is deleted
  label: a Pod that gets another label
  policy: a namespace that gets another label | a new Pod under an old policy, from its first packet @first-packet
  policy: an open connection when a policy appears @observed | seen through the Service’s address

application/The shop
  policy as it is: a visitor reads a page
  policy: an intruder is denied at the address, the Service and the name | an intruder that was started later
  policy: an intruder in another namespace that wears the label | a frontend whose label was taken away
  pods: the page keeps coming while the frontend rolls 6.4 s
  pods: the page keeps coming while the frontend scales 1 to 5 to 2 7.1 s
  pods: the page keeps coming while a node’s agent restarts @extended 4.4 s
  policy: the rule removed opens, put back closes

load/The Service path under load
  load: no request is lost while the Deployment rolls 22 s | no request is lost while it scales 5 to 2 22 s
`;

const format = /^(?<name>.*?)(?<tagged>( @\S+)*)( (?<took>[\d.]+) s)?$/;

/** A line of it: the scenarios of one kind, each with its tags and how long it takes. */
function entriesOf(line: string): Entry[] {
  const [kind = '', names = ''] = line.trim().split(': ');
  return names.split(' | ').map((each) => {
    const { name = each, tagged = '', took } = format.exec(each)?.groups ?? {};
    const tags = tagged.split(' ').filter(Boolean);
    const level = (['extended', 'observed'] as const).find((one) => tags.includes(`@${one}`)) ?? 'core';
    return { ...(kinds[kind] as (typeof kinds)[string]), name, level, tags, ...(took && { seconds: Number(took) }) };
  });
}

/** Scenarios by `area/feature`. */
export const catalogue: [path: string, entries: Entry[]][] = text
  .trim()
  .split('\n\n')
  .map((feature) => {
    const [path = '', ...lines] = feature.split('\n');
    return [path, lines.flatMap(entriesOf)];
  });
