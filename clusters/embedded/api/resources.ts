/**
 * The table of everything the API server serves. Routing, discovery, storage, tables and OpenAPI are all read from it,
 * so a kind is added by adding a line.
 */

export interface Resource {
  /** API group; empty for the core group. */
  group: string;
  version: string;
  kind: string;
  /** As in the URL: `pods`. */
  plural: string;
  singular: string;
  shortNames: string[];
  /** `all` makes `kubectl get all` list it. */
  categories: string[];
  namespaced: boolean;
  /** Served below an object besides the object itself: `status`, `scale`, `log`, `exec` ... */
  subresources: string[];
  /** metadata.generation counts the changes of spec (not every kind's strategy does that). */
  generation: boolean;
}

export type GroupKind = Pick<Resource, 'group' | 'kind'>;

/** Describes a resource: what is not said is namespaced, and has no subresources and no short names. */
function resource(apiVersion: string, kind: string, options: Partial<Resource> = {}): Resource {
  const [version, group] = apiVersion.split('/').toReversed() as [string, string?];
  const singular = kind.toLowerCase();
  const plural = `${singular}s`.replace(/ys$/, 'ies');
  const none = { shortNames: [], categories: [], subresources: [], namespaced: true, generation: false };
  return { group: group ?? '', version, kind, plural, singular, ...none, ...options };
}

const all = ['all'];
const workload = { categories: all, generation: true };
const scaled = { ...workload, subresources: ['status', 'scale'] };
const ofCluster = { namespaced: false };

export const resources: Resource[] = [
  resource('v1', 'Pod', {
    ...workload,
    shortNames: ['po'],
    subresources: ['status', 'log', 'exec', 'attach', 'eviction'],
  }),
  resource('v1', 'Service', { shortNames: ['svc'], categories: all, subresources: ['status'] }),
  resource('v1', 'Namespace', { ...ofCluster, shortNames: ['ns'], subresources: ['status', 'finalize'] }),
  resource('v1', 'Node', { ...ofCluster, shortNames: ['no'], subresources: ['status'] }),
  resource('v1', 'ConfigMap', { shortNames: ['cm'] }),
  resource('v1', 'Secret'),
  resource('v1', 'ServiceAccount', { shortNames: ['sa'] }),
  resource('v1', 'Event', { shortNames: ['ev'] }),
  resource('apps/v1', 'Deployment', { ...scaled, shortNames: ['deploy'] }),
  resource('apps/v1', 'ReplicaSet', { ...scaled, shortNames: ['rs'] }),
  resource('apps/v1', 'DaemonSet', { ...workload, shortNames: ['ds'], subresources: ['status'] }),
  resource('batch/v1', 'Job', { ...workload, subresources: ['status'] }),
  resource('discovery.k8s.io/v1', 'EndpointSlice', { generation: true }),
  resource('networking.k8s.io/v1', 'NetworkPolicy', { shortNames: ['netpol'], generation: true }),
  resource('networking.k8s.io/v1', 'ServiceCIDR', { ...ofCluster, subresources: ['status'] }),
  resource('coordination.k8s.io/v1', 'Lease'),
  resource('rbac.authorization.k8s.io/v1', 'Role'),
  resource('rbac.authorization.k8s.io/v1', 'RoleBinding'),
  resource('rbac.authorization.k8s.io/v1', 'ClusterRole', ofCluster),
  resource('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', ofCluster),
];

/** Questions that are answered and not stored. */
export const reviews: Resource[] = [
  resource('authorization.k8s.io/v1', 'SelfSubjectAccessReview', ofCluster),
  resource('authentication.k8s.io/v1', 'SelfSubjectReview', ofCluster),
];

const byKind = new Map(resources.map((each) => [each.kind, each]));

export const resourceOfKind = (kind: string): Resource | undefined => byKind.get(kind);

/** `apps/v1`, or `v1` for the core group. */
export const apiVersionOf = ({ group, version }: Resource): string => (group === '' ? version : `${group}/${version}`);

/** Where its paths begin: `api/v1`, `apis/apps/v1`. */
export const rootOf = (resource: Resource): string =>
  `${resource.group === '' ? 'api' : 'apis'}/${apiVersionOf(resource)}`;

/** As messages name it: `deployments.apps`, `pods`. */
export const qualifiedName = ({ group, plural }: Resource): string => (group === '' ? plural : `${plural}.${group}`);
