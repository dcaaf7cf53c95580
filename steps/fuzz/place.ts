import type { Cluster, Labels, Pod, Policy } from '../oracle/index.ts';
import type { Listener } from '../probe/index.ts';

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

/** What every Pod serves: the same numbers for both protocols, so that mixing them up shows. */
export const ports: Listener[] = [
  { protocol: 'TCP', port: 8080 },
  { protocol: 'TCP', port: 8081 },
  { protocol: 'UDP', port: 8080 },
  { protocol: 'UDP', port: 8081 },
];

/** The names of Pod number `index`'s ports: not all of one number or in each Pod, and UDP's are not those of TCP. */
export function namedPortsOf(index: number): Pod['namedPorts'] {
  const [first, second] = index % 2 === 0 ? [8080, 8081] : [8081, 8080];
  return [
    { name: 'first', protocol: 'TCP', port: first },
    ...(index % 3 === 0 ? [] : [{ name: 'only', protocol: 'TCP' as const, port: second }]),
    { name: 'datagrams', protocol: 'UDP', port: second },
  ];
}
