import { canonicalAddress } from './cidr.ts';
import { memoized } from './memo.ts';
import type { Labels, PodObject, Protocol } from './objects.ts';
import { canonicalLabels } from './selectors.ts';

/** What a Pod object says, read once per object. */
export interface PodFacts {
  /** `namespace/name` */
  name: string;
  namespace: string;
  labels: Labels;
  labelsKey: string;
  node: string | undefined;
  hostNetwork: boolean;
  /** Succeeded or Failed: its address may be another Pod's by now, though the API still shows it. */
  ended: boolean;
  terminating: boolean;
  created: string;
  /** The address that the API shows. */
  address: string | undefined;
  namedPorts: { name: string; protocol: Protocol; port: number }[];
}

export const podFacts = memoized(({ metadata, spec, status }: PodObject): PodFacts => {
  const namespace = metadata.namespace ?? '';
  const labels = metadata.labels ?? {};
  const addresses = [status?.podIP, ...(status?.podIPs ?? []).map(({ ip }) => ip)].map(canonicalAddress);
  // Sidecars (init containers that always restart) serve beside the others:
  // https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
  const sidecars = (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return {
    name: `${namespace}/${metadata.name}`,
    namespace,
    labels,
    labelsKey: canonicalLabels(labels),
    node: spec?.nodeName,
    hostNetwork: spec?.hostNetwork === true,
    ended: status?.phase === 'Succeeded' || status?.phase === 'Failed',
    terminating: metadata.deletionTimestamp !== undefined,
    created: metadata.creationTimestamp ?? '',
    address: addresses.find((address) => address !== undefined),
    namedPorts: [...(spec?.containers ?? []), ...sidecars]
      .flatMap(({ ports }) => ports ?? [])
      .flatMap(({ name, protocol = 'TCP', containerPort }) =>
        name === undefined ? [] : [{ name, protocol, port: containerPort }],
      ),
  };
});
