/** Which Pod has which address: the ground on which policies stand. */

import type { PodObject } from './objects.ts';
import { PodIndex } from './pod-index.ts';
import type { Snapshot } from './types.ts';

const nameOf = ({ metadata }: PodObject) => `${metadata.namespace ?? ''}/${metadata.name}`;

/** The index of a snapshot, from nothing: what an index that has followed all changes up to it says too. */
export function indexPods(snapshot: Snapshot): PodIndex {
  const byName = Map.groupBy(snapshot.pods, nameOf);
  const index = new PodIndex(snapshot.node, (namespace, name) => byName.get(`${namespace}/${name}`) ?? []);
  for (const { metadata } of snapshot.namespaces) index.setNamespace(metadata.name, metadata.labels ?? {});
  index.attach(snapshot.attachments);
  for (const pod of snapshot.pods) index.replace(undefined, pod);
  return index;
}
