/**
 * EndpointSlices of Services with a selector. https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/
 * All changes of one turn of the event loop are written together, in the microtask after them.
 */
import { equal } from '../../api/json.ts';
import type { EndpointSlice, Node, Pod, Service } from '../../kinds.ts';
import type { Objects } from '../../objects.ts';
import { controllerOf } from '../owners.ts';
import { isReady, isTerminal } from '../pods.ts';
import { keyOf, parts, WorkQueue } from '../queue.ts';
import { containsAll } from '../selectors.ts';
import { endpointOf, isEndpoint, managedFor, type PortGroup, planSlices, portKey, portsOf } from './slices.ts';

export function startEndpointSlices(objects: Objects): () => void {
  function reconcile(key: string): void {
    const [namespace, name] = parts(key);
    const service = objects.get<Service>('Service', namespace, name);
    const existing = objects
      .list<EndpointSlice>('EndpointSlice', { namespace: namespace as string })
      .filter((slice) => managedFor(slice) === name);
    const remove = ({ metadata }: EndpointSlice) => objects.delete('EndpointSlice', namespace, metadata.name);
    if (!service || service.metadata.deletionTimestamp !== undefined || !hasEndpoints(service)) {
      // slices of a Service that is gone need not wait for the garbage collector
      for (const slice of existing) remove(slice);
      return;
    }
    const own = existing.filter((slice) => controllerOf(slice)?.uid === service.metadata.uid);
    const plan = planSlices(service, groupsOf(service), own);
    for (const slice of plan.create) objects.create(slice);
    for (const slice of plan.update) objects.update(slice);
    for (const slice of [...plan.remove, ...existing.filter((each) => !own.includes(each))]) remove(slice);
  }

  /** The Service's Pods by the port numbers that its ports have on them. */
  function groupsOf(service: Service): PortGroup[] {
    const all = objects.list<Pod>('Pod', { namespace: service.metadata.namespace as string });
    const own = all.filter((pod) => containsAll(pod.metadata.labels, service.spec.selector) && isEndpoint(pod));
    const nodeOf = ({ spec }: Pod) => objects.get<Node>('Node', undefined, spec.nodeName ?? '');
    const groups = Map.groupBy(own, (pod) => portsOf(pod, service).map(portKey).toSorted().join());
    return [...groups.values()].map((pods) => ({
      ports: portsOf(pods[0] as Pod, service),
      endpoints: pods.map((pod) => endpointOf(pod, service, nodeOf(pod))),
    }));
  }

  const queue = new WorkQueue(reconcile);

  queue.watch<Service>(objects, 'Service', ({ object }) => queue.add(keyOf(object)));
  queue.watch<Pod>(objects, 'Pod', ({ type, object, old }) => {
    if (type === 'MODIFIED' && old && equal(relevant(object), relevant(old))) return;
    const { namespace, labels } = object.metadata;
    for (const service of objects.list<Service>('Service', { namespace: namespace as string })) {
      const { selector } = service.spec;
      const selected = containsAll(labels, selector) || (old && containsAll(old.metadata.labels, selector));
      if (hasEndpoints(service) && selected) queue.add(keyOf(service));
    }
  });
  // a slice that someone else changed or deleted is put right
  queue.watch<EndpointSlice>(objects, 'EndpointSlice', ({ object, old }) => {
    for (const slice of [object, old]) {
      const service = slice && managedFor(slice);
      if (service !== undefined) queue.add(`${object.metadata.namespace}/${service}`);
    }
  });
  return () => queue.stop();
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
