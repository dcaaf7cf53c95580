import type { Cluster, Labels, Pod, Policy } from '../oracle/index.ts';

/** What every case has in common: namespaces and Pods that stand; only labels and policies change. */
export interface Place {
  /** Real names, in the order of the case's labels. */
  namespaces: string[];
  /** In the order of the case's labels. */
  pods: Omit<Pod, 'labels'>[];
}

/** One generated case. */
export interface Case {
  policies: Policy[];
  /** Of the Pods, in their order; beside those they have nothing but what the API server adds. */
  podLabels: Labels[];
  namespaceLabels: Labels[];
}

/** The label that the API server gives every namespace: https://kubernetes.io/docs/reference/labels-annotations-taints/ */
export const nameLabel = 'kubernetes.io/metadata.name';

/** The case as the oracle wants it. */
export function clusterOf({ namespaces, pods }: Place, { policies, podLabels, namespaceLabels }: Case): Cluster {
  return {
    namespaces: namespaces.map((name, i) => ({ name, labels: { ...namespaceLabels[i], [nameLabel]: name } })),
    pods: pods.map((pod, i) => ({ ...pod, labels: podLabels[i] ?? {} })),
    policies,
  };
}
