/** What a list or watch request selects: by namespace, labels, and the fields that each kind can be selected by. */
import type { KubeObject, ListFilter } from '../../objects.ts';
import { badRequest } from '../errors.ts';
import type { Resource } from '../resources.ts';
import { matches, parseFieldSelector, parseLabelSelector, type Requirement } from '../selectors.ts';

const known: Record<string, string> = {
  Pod:
    'spec.nodeName spec.restartPolicy spec.schedulerName spec.serviceAccountName spec.hostNetwork ' +
    'status.phase status.podIP status.nominatedNodeName',
  Event:
    'involvedObject.kind involvedObject.namespace involvedObject.name involvedObject.uid involvedObject.apiVersion ' +
    'involvedObject.resourceVersion involvedObject.fieldPath reason reportingComponent source type',
  Namespace: 'status.phase',
  Node: 'spec.unschedulable',
  Secret: 'type',
  Service: 'spec.clusterIP spec.type',
  ReplicaSet: 'status.replicas',
  Job: 'status.successful',
};

/** Parses a field selector for a kind. Throws 400 for a field that cannot be selected by. */
function fieldSelector(kind: string, text: string): Requirement[] {
  const requirements = parseFieldSelector(text);
  for (const { key } of requirements) {
    if (key === 'metadata.name' || key === 'metadata.namespace' || known[kind]?.split(' ').includes(key)) continue;
    throw badRequest(
      known[kind]
        ? `field label not supported: ${key}`
        : `"${key}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
    );
  }
  return requirements;
}

function fieldValue(object: KubeObject, path: string): string {
  if (path === 'source') return object['source']?.component ?? object['reportingComponent'] ?? '';
  let value: unknown = object;
  for (const name of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[name];
  if (value !== undefined) return typeof value === 'string' ? value : JSON.stringify(value);
  return path === 'spec.unschedulable' || path === 'spec.hostNetwork' ? 'false' : '';
}

/** The test that a list or watch of `resource` puts its objects to. Throws 400 for selectors that are none. */
export function filterOf(resource: Resource, filter: ListFilter): (object: KubeObject) => boolean {
  const labels = parseLabelSelector(filter.labelSelector ?? '');
  const fields = fieldSelector(resource.kind, filter.fieldSelector ?? '');
  const namespace = resource.namespaced ? filter.namespace : undefined;
  return (object) =>
    (namespace === undefined || object.metadata.namespace === namespace) &&
    matches(labels, object.metadata.labels) &&
    fields.every((each) => matches([each], { [each.key]: fieldValue(object, each.key) }));
}
