import { canonicalAddress } from './cidr.ts';
import type { Labels, PodObject, Protocol } from './objects.ts';
import { canonicalLabels } from './selectors.ts';

/** What a Pod object says. It is read anew whenever it is needed: facts of all Pods would take more room than they. */
export interface PodFacts {
  /** `namespace/name` */
  name: string;
  namespace: string;
  uid: string | undefined;
  labels: Labels;
  labelsKey: string;
  node: string | undefined;
  hostNetwork: boolean;
  /** The address that the API shows. */
  address: string | undefined;
  namedPorts: { name: string; protocol: Protocol; port: number }[];
}

export function podFacts(pod: PodObject): PodFacts {
  const { metadata, spec } = pod;
  const namespace = metadata.namespace ?? '';
  const labels = metadata.labels ?? {};
  // Sidecars (init containers that always restart) serve beside the others:
  // https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
  const sidecars = (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return {
    name: `${namespace}/${metadata.name}`,
    namespace,
    uid: metadata.uid,
    labels,
    labelsKey: canonicalLabels(labels),
    node: spec?.nodeName,
    hostNetwork: spec?.hostNetwork === true,
    address: podAddress(pod),
    namedPorts: [...(spec?.containers ?? []), ...sidecars]
      .flatMap(({ ports }) => ports ?? [])
      .flatMap(({ name, protocol = 'TCP', containerPort }) =>
        name === undefined ? [] : [{ name, protocol, port: containerPort }],
      ),
  };
}

/** The IPv4 address that the API shows. */
export function podAddress({ status }: PodObject): string | undefined {
  return [status?.podIP, ...(status?.podIPs ?? []).map(({ ip }) => ip)]
    .map(canonicalAddress)
    .find((address) => address !== undefined);
}

/**
 * Whether a Pod can have an address of its own. One that has ended (Succeeded or Failed) has none: it may be another
 * Pod's by now, though the API still shows it.
 */
export const isPeer = ({ spec, status }: PodObject): boolean =>
  spec?.hostNetwork !== true && status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
