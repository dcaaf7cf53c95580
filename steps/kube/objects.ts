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
  namespace?: string;
  /** Only the one with this name. */
  name?: string;
  /** Only Pods of this node. */
  node?: string;
  labelSelector?: string;
}

/** The parameters of a list or watch. */
export function queryOf({ name, node, labelSelector }: Where): Record<string, string> {
  const fields = [
    ...(name === undefined ? [] : [`metadata.name=${name}`]),
    ...(node === undefined ? [] : [`spec.nodeName=${node}`]),
  ];
  return {
    ...(labelSelector !== undefined && { labelSelector }),
    ...(fields.length > 0 && { fieldSelector: fields.join(',') }),
  };
}

/** The kinds that the suite uses: where the API serves them. */
const kinds: Record<string, { prefix: string; plural: string; namespaced: boolean }> = {
  Namespace: { prefix: '/api/v1', plural: 'namespaces', namespaced: false },
  Node: { prefix: '/api/v1', plural: 'nodes', namespaced: false },
  Pod: { prefix: '/api/v1', plural: 'pods', namespaced: true },
  Event: { prefix: '/api/v1', plural: 'events', namespaced: true },
  Service: { prefix: '/api/v1', plural: 'services', namespaced: true },
  ServiceAccount: { prefix: '/api/v1', plural: 'serviceaccounts', namespaced: true },
  ConfigMap: { prefix: '/api/v1', plural: 'configmaps', namespaced: true },
  EndpointSlice: { prefix: '/apis/discovery.k8s.io/v1', plural: 'endpointslices', namespaced: true },
  Deployment: { prefix: '/apis/apps/v1', plural: 'deployments', namespaced: true },
  DaemonSet: { prefix: '/apis/apps/v1', plural: 'daemonsets', namespaced: true },
  Job: { prefix: '/apis/batch/v1', plural: 'jobs', namespaced: true },
  TestRun: { prefix: '/apis/k6.io/v1alpha1', plural: 'testruns', namespaced: true },
  NetworkPolicy: { prefix: '/apis/networking.k8s.io/v1', plural: 'networkpolicies', namespaced: true },
};

/** The API path of a kind's collection, or of one object in it. */
export function pathOf(where: { kind: string; namespace?: string | undefined; name?: string | undefined }): string {
  const kind = kinds[where.kind];
  if (kind === undefined) throw new TypeError(`the suite does not know where the API serves ${where.kind}`);
  const scope = kind.namespaced && where.namespace !== undefined ? `/namespaces/${where.namespace}` : '';
  return `${kind.prefix}${scope}/${kind.plural}${where.name === undefined ? '' : `/${where.name}`}`;
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

/** Whether the object's own status says so: the condition `Ready` of Pods and Nodes. */
export const saysReady = ({ status }: KubeObject): boolean =>
  (status?.conditions ?? []).some(
    (one: { type: string; status: string }) => one.type === 'Ready' && one.status === 'True',
  );
