/** Names of clusters and of what they are made of. */
import { inCache } from '../machine.ts';

const pattern = /^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/;

/** Every mistake in a request for a cluster, a sentence each. Its name becomes part of host names, hence its limits. */
export function mistakesIn({ name, nodes }: { name: string; nodes: number }): string[] {
  const mistakes: string[] = [];
  if (!pattern.test(name)) {
    mistakes.push(`a cluster's name has up to 32 lower-case letters, digits and dashes, and "${name}" is not that`);
  }
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > 20)
    mistakes.push(`a cluster has 1 to 20 nodes, and not ${nodes}`);
  return mistakes;
}

/** As kind calls them: NAME-control-plane, NAME-worker, NAME-worker2, ... */
export function nodeNames(name: string, nodes: number): string[] {
  const workers = Array.from({ length: nodes - 1 }, (_, i) => `${name}-worker${i === 0 ? '' : i + 1}`);
  return [`${name}-control-plane`, ...workers];
}

/** Of a cluster's network in the engine, and of its context for kubectl. */
export const scopedName = (name: string): string => `netvet-${name}`;

/** Where a cluster's kubeconfig lies: with the user, since other commands than the one that made the cluster use it. */
export const clusterDirectory = (name: string): string => inCache('kind', name);
