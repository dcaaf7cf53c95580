import type { Cluster, Connection } from './objects.ts';
import { type Direction, isolates, isPeer, isPort, type Rule, rulesOf } from './rules.ts';

/** Why a rule does not let a connection through: its peers, or its ports. */
interface Refusal {
  /** `namespace/name` */
  policy: string;
  /** Its place in the policy's list. */
  rule: number;
  lacks: 'peer' | 'port' | 'peer and port';
}

/** What one end says: the client's egress or the server's ingress. */
export type Half =
  | { allowed: true; because: 'itself' | 'not isolated' }
  | { allowed: true; because: 'rule'; policy: string; rule: number; peer?: number; port?: number }
  | { allowed: false; because: 'no rule'; policies: string[]; refusals: Refusal[] };

export interface Judgement {
  allowed: boolean;
  egress: Half;
  ingress: Half;
}

/**
 * What the API documents say of a connection between two Pods, and which policy and rule decide: "for a connection from
 * a source pod to a destination pod to be allowed, both the egress policy on the source pod and the ingress policy on
 * the destination pod need to allow the connection"
 * (https://kubernetes.io/docs/concepts/services-networking/network-policies/). Written from the documents alone; one
 * connection at a time, nothing compiled or remembered.
 */
export function judge(cluster: Cluster, connection: Connection): Judgement {
  const egress = judgeHalf(cluster, connection, 'egress');
  const ingress = judgeHalf(cluster, connection, 'ingress');
  return { allowed: egress.allowed && ingress.allowed, egress, ingress };
}

function judgeHalf(cluster: Cluster, connection: Connection, direction: Direction): Half {
  const { from, to } = connection;
  const [own, other] = direction === 'egress' ? [from, to] : [to, from];
  // "a Pod cannot block access to itself"
  if (own.ip === other.ip) return { allowed: true, because: 'itself' };
  const policies = cluster.policies.filter((policy) => isolates(policy, own, direction));
  if (policies.length === 0) return { allowed: true, because: 'not isolated' };
  const refusals: Refusal[] = [];
  for (const policy of policies) {
    const name = `${policy.namespace}/${policy.name}`;
    for (const [rule, { peers, ports }] of rulesOf(policy, direction).entries()) {
      // entries of a list are alternatives; an empty or missing list restricts nothing
      const peer = matching(peers, (one) => isPeer(cluster, policy, one, other));
      const port = matching(ports, (one) => isPort(one, connection));
      if (peer !== false && port !== false) return { allowed: true, because: 'rule', policy: name, rule, peer, port };
      const lacks = peer === false && port === false ? 'peer and port' : peer === false ? 'peer' : 'port';
      refusals.push({ policy: name, rule, lacks });
    }
  }
  return {
    allowed: false,
    because: 'no rule',
    policies: policies.map(({ namespace, name }) => `${namespace}/${name}`),
    refusals,
  };
}

/** Index of the first entry that matches; undefined when the list is empty, which matches all; false when none does. */
function matching<T extends Rule['peers'][number] | Rule['ports'][number]>(
  list: T[],
  matches: (one: T) => boolean,
): number | undefined | false {
  if (list.length === 0) return undefined;
  const index = list.findIndex(matches);
  return index === -1 ? false : index;
}
