/** The chains of netvet-services. What they look up is in services.ts. */
import type { ServiceState } from '../../../model/services/index.ts';
import { bits, mark } from '../ids.ts';
import type { ChainState } from '../state.ts';
import { oneOf, transport } from '../text.ts';

/** What a client is known by to session affinity: stickiness is per address and port it talks to. */
const client = 'ip saddr . ip daddr . meta l4proto . th dport';

const toMark = (map: string) => `ct mark set ct mark map @${map}`;

/**
 * `ct state != new return` is not for speed: the RST that `reject` sends passes `output` with the mark of its connection, and
 * would be taken for a new one. Priorities are numbers, since nft knows their names only in some hooks.
 */
const hooks: [string, ChainState][] = [
  ['nat-prerouting', { hook: 'type nat hook prerouting priority -100;', rules: ['goto svc-hook'] }],
  ['nat-output', { hook: 'type nat hook output priority -100;', rules: ['goto svc-hook'] }],
  [
    'svc-hook',
    {
      rules: [
        'ct state != new return',
        'ip daddr @svc-clusterips goto svc-cluster',
        'ip daddr @svc-others goto svc-other',
      ],
    },
  ],
];

/**
 * A packet that was on its way when the rules were changed may have found its balancer in the former ones, and no longer the slot or the
 * endpoint in the new ones: each lookup sees the elements of its own moment. It begins again. Should that fail too it is dropped: it is sent
 * again by its sender, where it would have been refused.
 */
const again = 'ct mark != 0 goto svc-again';

const choice: [string, ChainState][] = [
  // A ClusterIP answers for all of its ports.
  ['svc-cluster', { rules: ['jump svc-find', 'jump svc-balance', again, 'goto svc-reject'] }],
  ['svc-other', { rules: ['jump svc-find', 'jump svc-balance', again] }],
  ['svc-again', { rules: ['jump svc-find', 'jump svc-balance', 'drop'] }],
  ['svc-balance', { rules: ['ct mark vmap @svc-balancers'] }],
  ['svc-reject', { rules: ['meta l4proto tcp reject with tcp reset', 'reject'] }],
  // Neither dnat nor a verdict when the endpoint has gone: the next rule of the caller goes on.
  ['svc-to-endpoint', { rules: [`${transport} dnat ip to ct mark map @svc-targets`] }],
];

/** The mark becomes the balancer's id, or 0. */
const find: ChainState = {
  rules: [
    'ct mark set 0',
    'ct mark set ip daddr . meta l4proto . th dport map @svc-frontends',
    'ct mark 0 ip daddr @svc-nodes ct mark set meta l4proto . th dport map @svc-nodeports',
    `ct mark & ${mark(bits.shortcut)} != 0 jump svc-shortcut`,
  ],
};

/**
 * externalTrafficPolicy Local is for clients outside: this node's Pods and the node itself get any endpoint. Pods of other nodes
 * are outside, for an endpoint elsewhere would answer them directly: https://github.com/kubernetes/kubernetes/issues/74383
 */
function shortcut(localPods: string[]): ChainState {
  const pods = localPods.length === 0 ? [] : [`ip saddr ${oneOf(localPods)} ${toMark('svc-for-pods')}`];
  return { rules: [...pods, `fib saddr type local ${toMark('svc-for-node')}`] };
}

/**
 * Whose source becomes the node's address: external clients whose connection may go to another node, Pods that reach
 * themselves, and clients of a ClusterIP that are not Pods (kube-proxy with a cluster CIDR).
 */
function postrouting(clusterPods: string[]): ChainState {
  const masquerade = 'masquerade fully-random';
  const rules = [
    `ct status dnat ct mark & ${mark(bits.masquerade + bits.endpoint)} == ${mark(bits.masquerade + bits.endpoint)} ${masquerade}`,
    `ct status dnat ip saddr . ip daddr @svc-hairpin ${masquerade}`,
  ];
  if (clusterPods.length > 0) {
    rules.push(
      `ct status dnat ip saddr != ${oneOf(clusterPods)} ct original ip daddr @svc-clusterips oifname != "lo" ${masquerade}`,
    );
  }
  return { hook: 'type nat hook postrouting priority 100;', rules };
}

/**
 * A packet for a ClusterIP that no rule translated is for a Service that this node does not know, or not yet. Were it let go,
 * connection tracking would remember its connection as one without translation, and what the client sends again would go astray when
 * the Service is long known. kube-proxy's nftables mode drops it as well: its chain cluster-ips-check.
 */
const unknown = (clusterIPRanges: string[]): string[] =>
  clusterIPRanges.length === 0 ? [] : [`ip daddr ${oneOf(clusterIPRanges)} drop`];

/**
 * A TCP packet that connection tracking finds out of place is not translated back: the client would get it from the endpoint's own
 * address and reset the connection. It is sent again anyway. https://github.com/kubernetes/kubernetes/issues/74839
 */
const strays = (clusterPods: string[]): string[] =>
  clusterPods.length === 0 ? [] : [`ct state invalid meta l4proto tcp ip saddr ${oneOf(clusterPods)} drop`];

const filter = (hook: string, rules: string[]): ChainState => ({ hook: `type filter hook ${hook} priority 0;`, rules });

export function chainName(count: number, affinity: number | undefined): string {
  return affinity === undefined ? `lb-${count}` : `lb-${count}-aff-${affinity}`;
}

/** Chooses one of `count` endpoints. */
function balance(count: number, affinity: number | undefined): ChainState {
  const choose = `ct mark set ct mark . numgen random mod ${count} map @svc-slots`;
  if (affinity === undefined) return { rules: [choose, 'goto svc-to-endpoint'] };
  return {
    rules: [
      `ct mark set ${client} map @svc-affinity`,
      `ct mark & ${mark(bits.endpoint)} != 0 jump svc-sticky-${affinity}`,
      choose,
      `update @svc-affinity { ${client} timeout ${affinity}s : ct mark }`,
      'goto svc-to-endpoint',
    ],
  };
}

/**
 * A client that comes again. `update` renews an entry but never changes its value, so an entry whose endpoint has gone is deleted
 * here, and the caller chooses anew.
 */
function sticky(affinity: number): ChainState {
  return {
    rules: [
      `update @svc-affinity { ${client} timeout ${affinity}s : ct mark }`,
      'jump svc-to-endpoint',
      `delete @svc-affinity { ${client} : ct mark }`,
      'jump svc-find',
    ],
  };
}

/** `kinds`: each number of endpoints in use, with its affinity timeout. */
export function serviceChains(
  { localPods, clusterPods, clusterIPRanges }: ServiceState,
  kinds: Iterable<[count: number, affinity: number | undefined]>,
): Map<string, ChainState> {
  const chains = new Map([
    ...hooks,
    ...choice,
    ['svc-find', find] as const,
    ['svc-shortcut', shortcut(localPods)] as const,
    ['nat-postrouting', postrouting(clusterPods)] as const,
    ['svc-strays', filter('forward', [...strays(clusterPods), ...unknown(clusterIPRanges)])] as const,
    ['svc-strays-of-node', filter('output', unknown(clusterIPRanges))] as const,
  ]);
  for (const [count, affinity] of kinds) {
    chains.set(chainName(count, affinity), balance(count, affinity));
    if (affinity !== undefined) chains.set(`svc-sticky-${affinity}`, sticky(affinity));
  }
  return chains;
}
