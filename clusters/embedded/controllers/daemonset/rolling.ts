/** Which Pods of an older template a rolling update replaces now. */
import { scaled } from '../deployment/limits.ts';
import type { DaemonSet, Pod } from '../kinds.ts';
import { isAvailable } from '../pods.ts';

/** The Pods of one DaemonSet by node, terminating ones included. */
export type Placed = Map<string, Pod[]>;

interface Replacement {
  remove: Pod[];
  /** Nodes that get a new Pod beside their old one. */
  surge: string[];
}

/**
 * https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/controller/daemon/update.go (rollingUpdate)
 * `desired`: on how many nodes the DaemonSet should run.
 */
export function replacements(
  set: DaemonSet,
  placed: Placed,
  desired: number,
  isNew: (pod: Pod) => boolean,
): Replacement {
  const { maxSurge, maxUnavailable = 1 } = set.spec.updateStrategy?.rollingUpdate ?? {};
  const surge = scaled(maxSurge, desired, Math.ceil);
  // both zero would never move; percentages of unavailable are rounded up here, unlike a Deployment's
  const unavailable = surge > 0 ? 0 : Math.max(1, scaled(maxUnavailable, desired, Math.ceil));
  const available = (pod: Pod) => isAvailable(pod, set.spec.minReadySeconds, Date.now());
  const nodes = [...placed].map(([node, pods]) => {
    const alive = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    return { node, fresh: alive.find(isNew), old: alive.find((pod) => !isNew(pod)) };
  });

  const result: Replacement = { remove: [], surge: [] };
  let budget = surge > 0 ? surge : unavailable;
  for (const { fresh, old } of nodes) {
    if (fresh ? !available(fresh) : surge === 0 && !(old && available(old))) budget -= 1;
  }
  for (const { node, fresh, old } of nodes) {
    if (!old) continue;
    if (surge > 0) {
      if (fresh) {
        if (available(fresh)) result.remove.push(old);
      } else if (!available(old)) result.surge.push(node);
      else if (budget > 0) {
        budget -= 1;
        result.surge.push(node);
      }
    } else if (!fresh && !available(old)) result.remove.push(old);
    else if (!fresh && budget > 0) {
      budget -= 1;
      result.remove.push(old);
    }
  }
  return result;
}
