import type { NamespaceObject, NetworkPolicyObject, PodObject } from '../../model/objects.ts';
import { PodIndex } from '../../model/pod-index.ts';
import type { Snapshot } from '../../model/types.ts';
import type { PodReference } from '../cni/environment.ts';
import { ApiStatusError, type KubeClient } from './client.ts';
import { type ReflectorState, reflect, watchTimes } from './reflector.ts';
import { slimNamespace, slimNode, slimPod, slimPolicy, slimService, slimServiceCIDR, slimSlice } from './slim.ts';
import { Store, type Stored } from './store.ts';

/** What the API server says of the cluster, but for Pods. Lists are the same as long as nothing in them changes. */
type ClusterObjects = Pick<
  Snapshot,
  'nodes' | 'services' | 'endpointSlices' | 'namespaces' | 'networkPolicies' | 'serviceCIDRs'
>;

/** The Kubernetes objects that the agent works from. */
export interface Source {
  objects(): ClusterObjects;
  /** There may be very many: `index` has what follows from them. */
  pods(): PodObject[];
  /** Follows Pods and namespaces; attachments are told to it by others. */
  index: PodIndex;
  /** Every kind was listed at least once. Before that the model must not be asked: it would see no policies. */
  synced(): boolean;
  /** What is wrong with the connection, by path. Empty: nothing. */
  problems(): string[];
  /** Since when nothing was heard from the API server, in a sentence. Empty: it was heard lately. */
  silence(): string[];
  /**
   * Reads what decides about a new Pod, past the watch: its own object, its namespace, and the namespace's policies.
   * What the API server acknowledged before is in `objects()` after it. Rejects when the server cannot be reached.
   */
  refresh(pod: PodReference, timeoutMs: number): Promise<void>;
}

/** A server is silent after this long, in milliseconds: by then a new connection would have been answered. */
const silentMs = watchTimes.idleMs + 10_000;

/**
 * Starts to watch, for this node. `changed` is called at every change, and when the first lists are complete.
 */
export function watchCluster(client: KubeClient, node: string, changed: () => void, signal: AbortSignal): Source {
  const states = new Map<string, ReflectorState>();
  const index = new PodIndex(node, (namespace, name) => [stores.pods.get(namespace, name) ?? []].flat());

  function watch<T extends Stored>(
    path: string,
    slim: (object: T) => T,
    { optional = false, first }: { optional?: boolean; first?: (before?: T, after?: T) => void } = {},
  ): Store<T> {
    const store = new Store<T>(slim, (before, after) => {
      first?.(before, after);
      changed();
    });
    const state: ReflectorState = { synced: false, error: undefined, optional };
    states.set(path, state);
    void reflect(client, path, store, state, signal, changed);
    return store;
  }

  const stores = {
    nodes: watch('/api/v1/nodes', slimNode),
    services: watch('/api/v1/services', slimService),
    endpointSlices: watch('/apis/discovery.k8s.io/v1/endpointslices', slimSlice),
    pods: watch('/api/v1/pods', slimPod, { first: (before, after) => index.replace(before, after) }),
    namespaces: watch('/api/v1/namespaces', slimNamespace, {
      first: (before, after) =>
        index.setNamespace((after ?? before)?.metadata.name ?? '', after && (after.metadata.labels ?? {})),
    }),
    networkPolicies: watch('/apis/networking.k8s.io/v1/networkpolicies', slimPolicy),
    // Kubernetes before 1.33 has none
    serviceCIDRs: watch('/apis/networking.k8s.io/v1/servicecidrs', slimServiceCIDR, { optional: true }),
  };
  const { pods, namespaces, networkPolicies, ...others } = stores;

  return {
    objects: () =>
      Object.fromEntries(
        Object.entries({ namespaces, networkPolicies, ...others }).map(([name, store]) => [name, store.values()]),
      ) as unknown as ClusterObjects,
    pods: () => pods.values(),
    index,
    synced: () => states.values().every(({ synced }) => synced),
    problems: () => [...states].flatMap(([path, { error }]) => (error === undefined ? [] : [`${path}: ${error}`])),
    silence() {
      const heard = [...states.values()].flatMap(({ heardAt }) => heardAt ?? []);
      const since = Math.min(...heard);
      if (heard.length === 0 || Date.now() - since <= silentMs) return [];
      const when = new Date(since).toISOString();
      return [`nothing was heard from the API server since ${when}: what changes there does not reach this node`];
    },
    async refresh({ namespace, name }, timeoutMs) {
      const inNamespace = `/namespaces/${namespace}`;
      const missing = (error: unknown) => {
        // not there (a static Pod's mirror comes later): then there is nothing to know
        if (!(error instanceof ApiStatusError && error.code === 404)) throw error;
        return undefined;
      };
      const [pod, space, policies] = await Promise.all([
        client.get<PodObject>(`/api/v1${inNamespace}/pods/${name}`, timeoutMs).catch(missing),
        client.get<NamespaceObject>(`/api/v1${inNamespace}`, timeoutMs).catch(missing),
        client.get<{ items: NetworkPolicyObject[] | null }>(
          `/apis/networking.k8s.io/v1${inNamespace}/networkpolicies`,
          timeoutMs,
        ),
      ]);
      if (pod !== undefined) pods.put(pod);
      if (space !== undefined) namespaces.put(space);
      for (const policy of policies.items ?? []) networkPolicies.put(policy);
    },
  };
}
