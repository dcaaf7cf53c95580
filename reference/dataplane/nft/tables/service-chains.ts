/** The chains of netvet-services. What they look up is in service-maps.ts. */
import type { ServiceState } from '../../../model/services/index.ts';
import { bits, mark } from '../ids.ts';
import type { ChainState } from '../state.ts';
import { oneOf, transport } from '../text.ts';

/** Where a connection comes in. */
const frontend = 'ip daddr . meta l4proto . th dport';

/** What a client is known by to session affinity: stickiness is per address and port it talks to. */
const client = `ip saddr . ${frontend}`;

const toMark = (map: string) => `ct mark set ct mark map @${map}`;

/** Number of endpoints and affinity timeout: what a balancer's chain is made of. */
export type Kind = [count: number, affinity: number | undefined];

export const chainName = ([count, affinity]: Kind) =>
  affinity === undefined ? `lb-${count}` : `lb-${count}-aff-${affinity}`;

/**
 * A packet that was on its way when the rules were changed may have found its balancer in the former ones, and no
 * longer the slot or the endpoint in the new ones: each lookup sees the elements of its own moment. It begins again.
 * Should that fail too it is dropped: it is sent again by its sender, where it would have been refused.
 */
const again = 'ct mark != 0 goto svc-again';

const masquerade = 'masquerade fully-random';

/**
 * externalTrafficPolicy Local is for clients outside: this node's Pods and the node itself get any endpoint. Pods of
 * other nodes are outside, for an endpoint elsewhere would answer them directly:
 * https://github.com/kubernetes/kubernetes/issues/74383
 */
const shortcut = (localPods: string[]): string[] => [
  ...(localPods.length === 0 ? [] : [`ip saddr ${oneOf(localPods)} ${toMark('svc-for-pods')}`]),
  `fib saddr type local ${toMark('svc-for-node')}`,
];

/**
 * Whose source becomes the node's address: external clients whose connection may go to another node, Pods that reach
 * themselves, and clients of a ClusterIP that are not Pods (kube-proxy with a cluster CIDR).
 */
function postrouting(clusterPods: string[]): string[] {
  const both = mark(bits.masquerade + bits.endpoint);
  const foreign = `ct status dnat ip saddr != ${oneOf(clusterPods)} ct original ip daddr @svc-clusterips`;
  return [
    `ct status dnat ct mark & ${both} == ${both} ${masquerade}`,
    `ct status dnat ip saddr . ip daddr @svc-hairpin ${masquerade}`,
    ...(clusterPods.length > 0 ? [`${foreign} oifname != "lo" ${masquerade}`] : []),
  ];
}

/**
 * A packet for a ClusterIP that no rule translated is for a Service that this node does not know, or not yet. Were it
 * let go, connection tracking would remember its connection as one without translation, and what the client sends again
 * would go astray when the Service is long known. kube-proxy's nftables mode drops it too (chain cluster-ips-check).
 */
const unknown = (clusterIPRanges: string[]): string[] =>
  clusterIPRanges.length === 0 ? [] : [`ip daddr ${oneOf(clusterIPRanges)} drop`];

/**
 * A TCP packet that connection tracking finds out of place is not translated back: the client would get it from the
 * endpoint's own address and reset the connection. It is sent again anyway.
 * https://github.com/kubernetes/kubernetes/issues/74839
 */
const strays = (clusterPods: string[]): string[] =>
  clusterPods.length === 0 ? [] : [`ct state invalid meta l4proto tcp ip saddr ${oneOf(clusterPods)} drop`];

/** ClusterIPs that were translated by others, each for a minute. */
export const redirectedSet = 'svc-redirected';

/** A connection to a ClusterIP that another program has translated: ours have their endpoint in the mark. */
const redirected =
  `ct state new ct status dnat ct original ip daddr @svc-clusterips ct mark & ${mark(bits.endpoint)} == 0 ` +
  `update @${redirectedSet} { ct original ip daddr }`;

const remember = (affinity: number) => `update @svc-affinity { ${client} timeout ${affinity}s : ct mark }`;

/** Chooses one of `count` endpoints. */
function balance([count, affinity]: Kind): string[] {
  const choose = `ct mark set ct mark . numgen random mod ${count} map @svc-slots`;
  if (affinity === undefined) return [choose, 'goto svc-to-endpoint'];
  return [
    `ct mark set ${client} map @svc-affinity`,
    `ct mark & ${mark(bits.endpoint)} != 0 jump svc-sticky-${affinity}`,
    choose,
    remember(affinity),
    'goto svc-to-endpoint',
  ];
}

/**
 * A client that comes again. `update` renews an entry but never changes its value, so an entry whose endpoint has gone,
 * or is not of the Service that has this address and port by now, is deleted here, and the caller chooses anew.
 */
const sticky = (affinity: number): string[] => [
  `${frontend} . ct mark @svc-members ${remember(affinity)}`,
  `${frontend} . ct mark @svc-members jump svc-to-endpoint`,
  `delete @svc-affinity { ${client} : ct mark }`,
  'jump svc-find',
];

/**
 * `kinds`: those in use. `ct state != new return` is not for speed: the RST that `reject` sends passes `output` with
 * the mark of its connection, and would be taken for a new one. Priorities are numbers: nft knows few names of them.
 */
export function serviceChains(
  { localPods, clusterPods, clusterIPRanges }: ServiceState,
  kinds: Iterable<Kind>,
): Map<string, ChainState> {
  const chains = new Map<string, ChainState>();
  const add = (name: string, about: string, rules: string[], hook?: string) =>
    chains.set(name, { rules, about, ...(hook !== undefined && { hook }) });
  add('nat-prerouting', 'from Pods and from outside', ['goto svc-hook'], 'type nat hook prerouting priority -100;');
  add('nat-output', 'from the node itself', ['goto svc-hook'], 'type nat hook output priority -100;');
  add('svc-hook', 'new connections to Services', [
    'ct state != new return',
    'ip daddr @svc-clusterips goto svc-cluster',
    'ip daddr @svc-others goto svc-other',
  ]);
  // A ClusterIP answers for all of its ports.
  add('svc-cluster', 'to a ClusterIP', ['jump svc-find', 'jump svc-balance', again, 'goto svc-reject']);
  add('svc-other', 'to another address that may have a Service', ['jump svc-find', 'jump svc-balance', again]);
  add('svc-again', 'once more: the rules were changed under a packet', ['jump svc-find', 'jump svc-balance', 'drop']);
  add('svc-balance', 'balancer -> endpoint', ['ct mark vmap @svc-balancers']);
  add('svc-reject', 'no endpoint, or no such port of a ClusterIP', [
    'meta l4proto tcp reject with tcp reset',
    'reject',
  ]);
  // Neither dnat nor a verdict when the endpoint has gone: the next rule of the caller goes on.
  add('svc-to-endpoint', 'the mark is an endpoint by now', [`${transport} dnat ip to ct mark map @svc-targets`]);
  add('svc-find', 'the mark becomes the balancer, or 0', [
    'ct mark set 0',
    'ct mark set ip daddr . meta l4proto . th dport map @svc-frontends',
    'ct mark 0 ip daddr @svc-nodes ct mark set meta l4proto . th dport map @svc-nodeports',
    `ct mark & ${mark(bits.shortcut)} != 0 jump svc-shortcut`,
  ]);
  add('svc-shortcut', 'externalTrafficPolicy Local is for clients outside', shortcut(localPods));
  add(
    'nat-postrouting',
    'whose source becomes the address of the node',
    postrouting(clusterPods),
    'type nat hook postrouting priority 100;',
  );
  const about = 'what must not leave untranslated, or was translated by others';
  const passing = [...strays(clusterPods), redirected, ...unknown(clusterIPRanges)];
  add('svc-strays', about, passing, 'type filter hook forward priority 0;');
  const leaving = [redirected, ...unknown(clusterIPRanges)];
  add('svc-strays-of-node', about, leaving, 'type filter hook output priority 0;');
  for (const kind of kinds) {
    const [count, affinity] = kind;
    add(chainName(kind), `one of ${count} endpoints`, balance(kind));
    if (affinity !== undefined)
      add(`svc-sticky-${affinity}`, `a client that came before, within ${affinity} s`, sticky(affinity));
  }
  return chains;
}
