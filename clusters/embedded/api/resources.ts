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

type Options = Partial<Pick<Resource, 'shortNames' | 'categories' | 'namespaced' | 'subresources' | 'generation'>>;

/** Describes a resource: what is not said is namespaced, and has no subresources and no short names. */
function resource(apiVersion: string, kind: string, plural: string, options: Options = {}): Resource {
  const [version, group] = apiVersion.split('/').toReversed() as [string, string?];
  return {
    group: group ?? '',
    version,
    kind,
    plural,
    singular: kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced: true,
    subresources: [],
    generation: false,
    ...options,
  };
}

const all = ['all'];
const workload = { categories: all, generation: true };

export const resources: Resource[] = [
  resource('v1', 'Pod', 'pods', {
    shortNames: ['po'],
    categories: all,
    generation: true,
    subresources: ['status', 'log', 'exec', 'attach', 'eviction'],
  }),
  resource('v1', 'Service', 'services', { shortNames: ['svc'], categories: all, subresources: ['status'] }),
  resource('v1', 'Namespace', 'namespaces', {
    shortNames: ['ns'],
    namespaced: false,
    subresources: ['status', 'finalize'],
  }),
  resource('v1', 'Node', 'nodes', { shortNames: ['no'], namespaced: false, subresources: ['status'] }),
  resource('v1', 'ConfigMap', 'configmaps', { shortNames: ['cm'] }),
  resource('v1', 'Secret', 'secrets'),
  resource('v1', 'ServiceAccount', 'serviceaccounts', { shortNames: ['sa'] }),
  resource('v1', 'Event', 'events', { shortNames: ['ev'] }),
  resource('apps/v1', 'Deployment', 'deployments', {
    ...workload,
    shortNames: ['deploy'],
    subresources: ['status', 'scale'],
  }),
  resource('apps/v1', 'ReplicaSet', 'replicasets', {
    ...workload,
    shortNames: ['rs'],
    subresources: ['status', 'scale'],
  }),
  resource('apps/v1', 'DaemonSet', 'daemonsets', { ...workload, shortNames: ['ds'], subresources: ['status'] }),
  resource('batch/v1', 'Job', 'jobs', { ...workload, subresources: ['status'] }),
  resource('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices', { generation: true }),
  resource('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies', { shortNames: ['netpol'], generation: true }),
  resource('networking.k8s.io/v1', 'ServiceCIDR', 'servicecidrs', { namespaced: false, subresources: ['status'] }),
  resource('coordination.k8s.io/v1', 'Lease', 'leases'),
  resource('rbac.authorization.k8s.io/v1', 'Role', 'roles'),
  resource('rbac.authorization.k8s.io/v1', 'RoleBinding', 'rolebindings'),
  resource('rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles', { namespaced: false }),
  resource('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'clusterrolebindings', { namespaced: false }),
];

const review = (group: string, kind: string, namespaced = false) =>
  resource(`${group}.k8s.io/v1`, kind, `${kind.toLowerCase()}s`, { namespaced });

/** Questions that are answered and not stored. */
export const reviews: Resource[] = [
  review('authorization', 'SelfSubjectAccessReview'),
  review('authentication', 'SelfSubjectReview'),
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
