/**
 * EndpointSlices of Services with a selector. https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/
 * All changes of one turn of the event loop are written together, in the microtask after them.
 */
import { equal } from '../../api/json.ts';
import type { Change, Objects } from '../../objects.ts';
import { keyOf, parts } from '../keys.ts';
import type { EndpointSlice, Node, Pod, Service } from '../kinds.ts';
import { isReady, isTerminal } from '../pods.ts';
import { WorkQueue } from '../queue.ts';
import { containsAll } from '../selectors.ts';
import { endpointOf, isEndpoint, portsOf } from './endpoints.ts';
import { managedByLabel, manager, type PortGroup, planSlices, portKey, serviceLabel } from './slices.ts';

export function startEndpointSlices(objects: Objects): () => void {
  function reconcile(key: string): void {
    const [namespace, name] = parts(key);
    const service = objects.get<Service>('Service', namespace, name);
    const existing = objects
      .list<EndpointSlice>('EndpointSlice', { namespace })
      .filter(({ metadata: { labels } }) => labels?.[serviceLabel] === name && labels[managedByLabel] === manager);
    if (!service || service.metadata.deletionTimestamp !== undefined || !hasEndpoints(service)) {
      // slices of a Service that is gone need not wait for the garbage collector
      for (const { metadata } of existing) objects.delete('EndpointSlice', namespace, metadata.name);
      return;
    }
    const own = existing.filter((slice) =>
      slice.metadata.ownerReferences?.some(({ uid }) => uid === service.metadata.uid),
    );
    const plan = planSlices(service, groupsOf(service), own);
    plan.remove.push(...existing.filter((slice) => !own.includes(slice)));
    for (const slice of plan.create) objects.create(slice);
    for (const slice of plan.update) objects.update(slice);
    for (const { metadata } of plan.remove) objects.delete('EndpointSlice', namespace, metadata.name);
  }

  /** The Service's Pods by the port numbers that its ports have on them. */
  function groupsOf(service: Service): PortGroup[] {
    const groups = new Map<string, PortGroup>();
    const { namespace } = service.metadata;
    for (const pod of objects.list<Pod>('Pod', { namespace: namespace as string })) {
      if (!containsAll(pod.metadata.labels, service.spec.selector) || !isEndpoint(pod)) continue;
      const node = pod.spec.nodeName ? objects.get<Node>('Node', undefined, pod.spec.nodeName) : undefined;
      const ports = portsOf(pod, service);
      const key = ports.map(portKey).toSorted().join();
      const group = groups.get(key) ?? { ports, endpoints: [] };
      group.endpoints.push(endpointOf(pod, service, node));
      groups.set(key, group);
    }
    return [...groups.values()];
  }

  const queue = new WorkQueue(reconcile);

  function podChanged({ type, object, old }: Change<Pod>): void {
    if (type === 'MODIFIED' && old && equal(relevant(object), relevant(old))) return;
    const { namespace, labels } = object.metadata;
    for (const service of objects.list<Service>('Service', { namespace: namespace as string })) {
      if (!hasEndpoints(service)) continue;
      const { selector } = service.spec;
      if (containsAll(labels, selector) || (old && containsAll(old.metadata.labels, selector)))
        queue.add(keyOf(service));
    }
  }

  /** A slice that someone else changed or deleted is put right. */
  function sliceChanged({ object, old }: Change<EndpointSlice>): void {
    for (const slice of [object, old]) {
      const { namespace, labels } = slice?.metadata ?? {};
      const service = labels?.[serviceLabel];
      if (service !== undefined && labels?.[managedByLabel] === manager) queue.add(`${namespace}/${service}`);
    }
  }

  const stops = [
    objects.watch<Service>('Service', ({ object }) => queue.add(keyOf(object))),
    objects.watch<Pod>('Pod', podChanged),
    objects.watch<EndpointSlice>('EndpointSlice', sliceChanged),
  ];
  return () => {
    for (const stop of stops) stop();
    queue.stop();
  };
}

/** A Service without a selector has endpoints that someone else writes; an ExternalName has none. */
const hasEndpoints = ({ spec }: Service): boolean =>
  Object.keys(spec.selector ?? {}).length > 0 && spec.type !== 'ExternalName';

/** Of a Pod, what its endpoints are made of. */
const relevant = (pod: Pod): unknown => [
  pod.metadata.labels,
  pod.metadata.deletionTimestamp !== undefined,
  pod.spec,
  pod.status?.podIP,
  pod.status?.podIPs,
  isTerminal(pod),
  isReady(pod),
];
