/** Environment variables of a container: https://kubernetes.io/docs/tasks/inject-data-application/ */
import type { KubeObject, Objects } from '../objects.ts';
import type { Container, EnvVar, Pod } from './types.ts';

/** What a container needs does not exist (yet): it waits with reason CreateContainerConfigError. */
export class ConfigurationError extends Error {}

/** Where values come from that the Pod object does not hold itself. */
export interface Facts {
  podIP: string;
  hostIP: string;
}

/** `metadata.name`, `metadata.labels['x']`, `status.podIP` ... https://kubernetes.io/docs/concepts/workloads/pods/downward-api/ */
export function fieldValue(pod: Pod, path: string, facts: Facts): string {
  const { metadata, spec } = pod;
  const subscript = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (subscript) return metadata[subscript[1] as 'labels' | 'annotations']?.[subscript[2] as string] ?? '';
  const lines = (map: Record<string, string> = {}) =>
    Object.entries(map)
      .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
      .toSorted()
      .join('\n');
  const values: Record<string, () => string> = {
    'metadata.name': () => metadata.name,
    'metadata.namespace': () => metadata.namespace ?? '',
    'metadata.uid': () => metadata.uid ?? '',
    'metadata.labels': () => lines(metadata.labels),
    'metadata.annotations': () => lines(metadata.annotations),
    'spec.nodeName': () => spec.nodeName ?? '',
    'spec.serviceAccountName': () => spec.serviceAccountName ?? 'default',
    'status.podIP': () => facts.podIP,
    'status.podIPs': () => facts.podIP,
    'status.hostIP': () => facts.hostIP,
    'status.hostIPs': () => facts.hostIP,
  };
  const value = values[path];
  if (value === undefined) throw new ConfigurationError(`unsupported fieldPath: ${path}`);
  return value();
}

/** `$(NAME)` becomes the variable's value, `$$(NAME)` the text `$(NAME)`; unknown names stay as they are. */
export function expand(text: string, variables: Record<string, string>): string {
  return text.replaceAll(/\$\$|\$\(([^)]*)\)/g, (found, name: string | undefined) => {
    if (found === '$$') return '$';
    return name !== undefined && Object.hasOwn(variables, name) ? (variables[name] as string) : found;
  });
}

function keyOf(
  objects: Objects,
  kind: 'ConfigMap' | 'Secret',
  namespace: string,
  ref: { name: string; key: string; optional?: boolean },
): string | undefined {
  const object = objects.get(kind, namespace, ref.name);
  const value = object?.['data']?.[ref.key] as string | undefined;
  if (value !== undefined) return kind === 'Secret' ? Buffer.from(value, 'base64').toString() : value;
  if (ref.optional === true) return undefined;
  const what = kind.toLowerCase();
  throw new ConfigurationError(
    object ? `couldn't find key ${ref.key} in ${kind} ${namespace}/${ref.name}` : `${what} "${ref.name}" not found`,
  );
}

function resolve(
  objects: Objects,
  pod: Pod,
  variable: EnvVar,
  facts: Facts,
  known: Record<string, string>,
): string | undefined {
  const { value, valueFrom } = variable;
  const namespace = pod.metadata.namespace as string;
  if (valueFrom?.fieldRef) return fieldValue(pod, valueFrom.fieldRef.fieldPath, facts);
  if (valueFrom?.configMapKeyRef) return keyOf(objects, 'ConfigMap', namespace, valueFrom.configMapKeyRef);
  if (valueFrom?.secretKeyRef) return keyOf(objects, 'Secret', namespace, valueFrom.secretKeyRef);
  if (valueFrom?.resourceFieldRef) return '0'; // nothing is limited here
  return expand(value ?? '', known);
}

function everyKey(objects: Objects, pod: Pod, container: Container): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    for (const [kind, ref] of [
      ['ConfigMap', configMapRef],
      ['Secret', secretRef],
    ] as const) {
      if (!ref) continue;
      const object = objects.get(kind, pod.metadata.namespace, ref.name);
      if (!object && ref.optional !== true)
        throw new ConfigurationError(`${kind.toLowerCase()} "${ref.name}" not found`);
      for (const [key, value] of Object.entries((object?.['data'] ?? {}) as Record<string, string>)) {
        found[prefix + key] = kind === 'Secret' ? Buffer.from(value, 'base64').toString() : value;
      }
    }
  }
  return found;
}

const variableName = (name: string) => name.toUpperCase().replaceAll('-', '_');

/** The classic variables for Services that existed when the container was started. */
function serviceLinks(objects: Objects, pod: Pod): Record<string, string> {
  const variables: Record<string, string> = {};
  const offer = (service: KubeObject) => {
    const { clusterIP, ports } = service['spec'] as { clusterIP?: string; ports?: { name?: string; port: number }[] };
    if (!clusterIP || clusterIP === 'None' || !ports?.[0]) return;
    const prefix = variableName(service.metadata.name);
    variables[`${prefix}_SERVICE_HOST`] = clusterIP;
    variables[`${prefix}_SERVICE_PORT`] = String(ports[0].port);
    for (const { name, port } of ports)
      if (name) variables[`${prefix}_SERVICE_PORT_${variableName(name)}`] = String(port);
  };
  if (pod.spec.enableServiceLinks !== false)
    for (const service of objects.list('Service', { namespace: pod.metadata.namespace as string })) offer(service);
  const kubernetes = objects.get('Service', 'default', 'kubernetes');
  if (kubernetes) offer(kubernetes);
  return variables;
}

/** All variables of a container, later ones over earlier ones. Throws ConfigurationError for references to what is not there. */
export function environmentOf(
  objects: Objects,
  pod: Pod,
  container: Container,
  facts: Facts,
  image: Record<string, string>,
): Record<string, string> {
  const links = serviceLinks(objects, pod);
  const variables: Record<string, string> = {
    ...image,
    HOSTNAME: hostnameOf(pod),
    ...links,
    ...everyKey(objects, pod, container),
  };
  for (const variable of container.env ?? []) {
    const value = resolve(objects, pod, variable, facts, variables);
    if (value !== undefined) variables[variable.name] = value;
  }
  return variables;
}

/** A host name has at most 63 characters and ends in none of these. */
export const hostnameOf = (pod: Pod): string =>
  pod.spec.hostname ?? pod.metadata.name.slice(0, 63).replace(/[-.]+$/, '');
