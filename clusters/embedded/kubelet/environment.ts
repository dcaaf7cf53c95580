/** Environment variables of a container: https://kubernetes.io/docs/tasks/inject-data-application/ */
import type { Container, EnvVar, Pod, Service } from '../kinds.ts';
import type { Objects } from '../objects.ts';
import { hostnameOf } from './hosts.ts';

/** What a container needs does not exist (yet): it waits with reason CreateContainerConfigError. */
export class ConfigurationError extends Error {}

/** Where values come from that the Pod object does not hold itself. */
export interface Facts {
  podIP: string;
  hostIP: string;
}

/** https://kubernetes.io/docs/concepts/workloads/pods/downward-api/ */
export function fieldValue(pod: Pod, path: string, facts: Facts): string {
  const { metadata, spec } = pod;
  const subscript = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (subscript) return metadata[subscript[1] as 'labels' | 'annotations']?.[subscript[2] as string] ?? '';
  const lines = (map: Record<string, string> = {}) =>
    Object.entries(map)
      .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
      .toSorted()
      .join('\n');
  const values: Record<string, string | undefined> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
    'metadata.uid': metadata.uid,
    'metadata.labels': lines(metadata.labels),
    'metadata.annotations': lines(metadata.annotations),
    'spec.nodeName': spec.nodeName,
    'spec.serviceAccountName': spec.serviceAccountName ?? 'default',
    'status.podIP': facts.podIP,
    'status.podIPs': facts.podIP,
    'status.hostIP': facts.hostIP,
    'status.hostIPs': facts.hostIP,
  };
  if (!Object.hasOwn(values, path)) throw new ConfigurationError(`unsupported fieldPath: ${path}`);
  return values[path] ?? '';
}

/** `$(NAME)` becomes the variable's value, `$$(NAME)` the text `$(NAME)`; unknown names stay as they are. */
export function expand(text: string, variables: Record<string, string>): string {
  return text.replaceAll(/\$\$|\$\(([^)]*)\)/g, (found, name: string | undefined) => {
    if (found === '$$') return '$';
    return name !== undefined && Object.hasOwn(variables, name) ? (variables[name] as string) : found;
  });
}

/** The data of a ConfigMap or Secret, decoded; undefined where it is optional and not there. */
export function dataOf(
  objects: Objects,
  pod: Pod,
  kind: 'ConfigMap' | 'Secret',
  { name = '', optional = false }: { name?: string; optional?: boolean },
  withBinary = false,
): Record<string, Buffer> | undefined {
  const object = objects.get(kind, pod.metadata.namespace, name);
  if (!object && optional) return undefined;
  if (!object) throw new ConfigurationError(`${kind.toLowerCase()} "${name}" not found`);
  const decoded = (data: Record<string, string> = {}, encoding: BufferEncoding = 'base64') =>
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, encoding)] as const);
  const own = decoded(object['data'], kind === 'Secret' ? 'base64' : 'utf8');
  return Object.fromEntries([...own, ...(withBinary ? decoded(object['binaryData']) : [])]);
}

const variableName = (name: string) => name.toUpperCase().replaceAll('-', '_');

/** The classic variables for Services that existed when the container was started. */
function serviceLinks(objects: Objects, pod: Pod): Record<string, string> {
  const namespace = pod.metadata.namespace as string;
  const services = [
    ...(pod.spec.enableServiceLinks === false ? [] : objects.list<Service>('Service', { namespace })),
    objects.get<Service>('Service', 'default', 'kubernetes'),
  ];
  const variables: Record<string, string> = {};
  for (const service of services) {
    const { clusterIP, ports } = service?.spec ?? {};
    if (!service || !clusterIP || clusterIP === 'None' || !ports?.[0]) continue;
    const prefix = variableName(service.metadata.name);
    variables[`${prefix}_SERVICE_HOST`] = clusterIP;
    variables[`${prefix}_SERVICE_PORT`] = String(ports[0].port);
    for (const { name, port } of ports)
      if (name) variables[`${prefix}_SERVICE_PORT_${variableName(name)}`] = String(port);
  }
  return variables;
}

/** All variables, later ones over earlier ones. Throws ConfigurationError for references to what is not there. */
export function environmentOf(
  objects: Objects,
  pod: Pod,
  container: Container,
  facts: Facts,
  image: Record<string, string>,
): Record<string, string> {
  const variables: Record<string, string> = { ...image, HOSTNAME: hostnameOf(pod), ...serviceLinks(objects, pod) };
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const data = {
      ...(configMapRef && dataOf(objects, pod, 'ConfigMap', configMapRef)),
      ...(secretRef && dataOf(objects, pod, 'Secret', secretRef)),
    };
    for (const [key, value] of Object.entries(data)) variables[prefix + key] = value.toString();
  }
  /** undefined for an optional reference to what is not there. */
  const valueOf = ({ value = '', valueFrom = {} }: EnvVar): string | undefined => {
    const { fieldRef, configMapKeyRef, secretKeyRef, resourceFieldRef } = valueFrom;
    if (fieldRef) return fieldValue(pod, fieldRef.fieldPath, facts);
    if (resourceFieldRef) return '0'; // nothing is limited here
    const reference = configMapKeyRef ?? secretKeyRef;
    if (!reference) return expand(value, variables);
    const kind = configMapKeyRef ? 'ConfigMap' : 'Secret';
    const { key, name, optional = false } = reference;
    const found = dataOf(objects, pod, kind, reference)?.[key]?.toString();
    if (found === undefined && !optional)
      throw new ConfigurationError(`couldn't find key ${key} in ${kind} ${pod.metadata.namespace}/${name}`);
    return found;
  };
  for (const variable of container.env ?? []) {
    const value = valueOf(variable);
    if (value !== undefined) variables[variable.name] = value;
  }
  return variables;
}
