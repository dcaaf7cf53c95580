/** Changes the size of one ReplicaSet. */

import type { Recorder } from '../../events.ts';
import type { Objects } from '../../objects.ts';
import type { Deployment, ReplicaSet } from '../kinds.ts';
import { sizeAnnotations } from './annotations.ts';
import { sizeOf } from './replicasets.ts';

/** What a sync of one Deployment works with. */
export interface Sync {
  objects: Objects;
  deployment: Deployment;
  record: Recorder;
}

/** Sets the size and the annotations that remember it. Returns whether the size changed. */
export function resize({ objects, deployment, record }: Sync, set: ReplicaSet, size: number): boolean {
  const before = sizeOf(set);
  const { namespace, name } = set.metadata;
  objects.patch('ReplicaSet', namespace, name, {
    metadata: { annotations: sizeAnnotations(deployment) },
    spec: { replicas: size },
  });
  if (size === before) return false;
  const direction = before < size ? 'up' : 'down';
  record(
    deployment,
    'Normal',
    'ScalingReplicaSet',
    `Scaled ${direction} replica set ${name} from ${before} to ${size}`,
  );
  return true;
}
