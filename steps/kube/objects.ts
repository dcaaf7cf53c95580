import { SkipError } from '../outcome.ts';

/** Any Kubernetes object, as JSON. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string | null>;
    annotations?: Record<string, string>;
    uid?: string;
    resourceVersion?: string;
    generation?: number;
    deletionTimestamp?: string;
    ownerReferences?: { kind: string }[];
  };
  // kinds differ; callers read the fields of the kind they asked for
  // biome-ignore lint/suspicious/noExplicitAny: an object of any kind
  [field: string]: any;
}

/** What names one object. */
export type Reference = Pick<KubeObject, 'kind'> & { metadata: { name: string; namespace?: string } };

/** Which objects of a kind. */
export interface Where {
  kind: string;
  namespace?: string | undefined;
  /** Only the one with this name. */
  name?: string;
  /** Only Pods of this node. */
  node?: string;
  labelSelector?: string;
}

/** The parameters of a list or watch. */
export function queryOf({ name, node, labelSelector }: Where): Record<string, string> {
  const fields = [name && `metadata.name=${name}`, node && `spec.nodeName=${node}`];
  const fieldSelector = fields.filter(Boolean).join(',');
  return { ...(labelSelector !== undefined && { labelSelector }), ...(fieldSelector !== '' && { fieldSelector }) };
}

/** The kinds that the suite uses: the version of the API that serves them, and under which name. */
const kinds: Record<string, [apiVersion: string, plural: string]> = {
  Namespace: ['v1', 'namespaces'],
  Node: ['v1', 'nodes'],
  Pod: ['v1', 'pods'],
  Event: ['v1', 'events'],
  Service: ['v1', 'services'],
  ServiceAccount: ['v1', 'serviceaccounts'],
  ConfigMap: ['v1', 'configmaps'],
  EndpointSlice: ['discovery.k8s.io/v1', 'endpointslices'],
  Deployment: ['apps/v1', 'deployments'],
  DaemonSet: ['apps/v1', 'daemonsets'],
  Job: ['batch/v1', 'jobs'],
  TestRun: ['k6.io/v1alpha1', 'testruns'],
  NetworkPolicy: ['networking.k8s.io/v1', 'networkpolicies'],
};

function served(kind: string): [apiVersion: string, plural: string] {
  const known = kinds[kind];
  if (known === undefined) throw new TypeError(`the suite does not know where the API serves ${kind}`);
  return known;
}

/** An object of one of these kinds. What is undefined in it is not sent. */
export const objectOf = (kind: string, metadata: KubeObject['metadata'], fields: object = {}): KubeObject => ({
  apiVersion: served(kind)[0],
  kind,
  metadata,
  ...fields,
});

/** The API path of a kind's collection, or of one object in it. */
export function pathOf({ kind, namespace, name }: { kind: string; namespace?: string; name?: string }): string {
  const [apiVersion, plural] = served(kind);
  const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  const isNamespaced = kind !== 'Namespace' && kind !== 'Node' && namespace !== undefined;
  return `${root}${isNamespaced ? `/namespaces/${namespace}` : ''}/${plural}${name === undefined ? '' : `/${name}`}`;
}

/** A refusal of the API: its code and reason, and its own sentence. */
export class KubeError extends Error {
  override name = 'KubeError';
  readonly code: number;
  readonly reason: string;
  constructor(code: number, reason: string, message: string) {
    super(message);
    this.code = code;
    this.reason = reason;
  }
}

export const isNotFound = (error: unknown): boolean => error instanceof KubeError && error.code === 404;
export const isForbidden = (error: unknown): boolean => error instanceof KubeError && error.code === 403;

/** For a catch: what the API forbids skips the scenario, with `what` before the API's own sentence. */
export const skipForbidden =
  (what: string) =>
  (error: unknown): never => {
    throw isForbidden(error) ? new SkipError(`${what}: ${(error as Error).message}`) : error;
  };

/** Which container. */
export interface Container {
  namespace: string;
  pod: string;
  container: string;
}

export interface ContainerStatus {
  name: string;
  image: string;
  restartCount: number;
  ready: boolean;
  state?: {
    running?: object;
    waiting?: { reason?: string; message?: string };
    terminated?: { exitCode: number; reason?: string; message?: string };
  };
}

/** What a Pod's status says of its containers. */
export const containersOf = ({ status }: KubeObject): ContainerStatus[] => status?.containerStatuses ?? [];

/** Whether the object's own status says so: the condition `Ready` of Pods and Nodes. */
export const saysReady = ({ status }: KubeObject): boolean =>
  (status?.conditions ?? []).some(
    (one: { type: string; status: string }) => one.type === 'Ready' && one.status === 'True',
  );

/** A line on what stood in the way: names, phases and the reasons of containers that wait. What is Ready comes last. */
export function summaryOf(objects: KubeObject[]): string {
  if (objects.length === 0) return 'nothing';
  const line = (object: KubeObject) => {
    const { metadata, status } = object;
    const reasons = containersOf(object)
      .flatMap(({ state }) => state?.waiting ?? [])
      .map(({ reason, message }) => [reason, message].filter(Boolean).join(': '));
    const words = [saysReady(object) && 'Ready', metadata.deletionTimestamp && 'terminating', ...reasons];
    return [metadata.name, status?.phase, ...words].filter(Boolean).join(' ');
  };
  return objects
    .toSorted((a, b) => Number(saysReady(a)) - Number(saysReady(b)))
    .slice(0, 10)
    .map(line)
    .join('; ');
}
