/** Of the nodes that fit, the one to take. */
import { createHash } from 'node:crypto';
import { equal } from '../../api/json.ts';
import type { Node, Pod } from '../../kinds.ts';
import { controllerOf } from '../owners.ts';
import { compare } from '../pods.ts';
import { taintsOf, tolerates } from '../taints.ts';
import type { Snapshot } from './snapshot.ts';
import { spreadPenalty } from './topology.ts';

/**
 * Compared one after the other, smaller is better: taints it would rather avoid, uneven spread, Pods of the same owner,
 * all Pods. The real scheduler adds weighted scores; for networks under test an even spread is what counts.
 */
function rank(pod: Pod, node: Node, snapshot: Snapshot): number[] {
  const { tolerations = [] } = pod.spec;
  const avoided = taintsOf(node).filter(
    (taint) => taint.effect === 'PreferNoSchedule' && !tolerations.some((each) => tolerates(each, taint)),
  );
  const others = snapshot.podsOn(node);
  const siblings = others.filter((other) => areSiblings(pod, other)).length;
  return [avoided.length, spreadPenalty(pod, node, snapshot), siblings, others.length];
}

/** Pods of one owner; of Pods without an owner, those in one namespace with the same labels. */
function areSiblings(pod: Pod, other: Pod): boolean {
  if (pod.metadata.namespace !== other.metadata.namespace) return false;
  const owner = controllerOf(pod)?.uid;
  if (owner !== undefined) return controllerOf(other)?.uid === owner;
  return controllerOf(other) === undefined && equal(pod.metadata.labels ?? {}, other.metadata.labels ?? {});
}

/** What decides between equals: chance, as in the real scheduler, but the same for the same seed and names. */
function lot(seed: number | undefined, { metadata: { namespace, name } }: Pod, node: Node): number {
  if (seed === undefined) return 0;
  return createHash('sha1').update([seed, namespace, name, node.metadata.name].join('/')).digest().readUInt32BE();
}

/** The best of the nodes; among equals one by the seed's chance, without a seed the first. */
export function best(pod: Pod, nodes: Node[], snapshot: Snapshot, seed?: number): Node | undefined {
  const ranked = nodes.map((node) => ({ node, rank: [...rank(pod, node, snapshot), lot(seed, pod, node)] }));
  return ranked.toSorted((a, b) => compare(a.rank, b.rank))[0]?.node;
}
