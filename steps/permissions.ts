/** Everything that the suite asks of the API, in the words of RBAC: what a user must be allowed to do, to run it. */
export interface Permission {
  /** API group; empty for the core group. */
  group: string;
  /** `pods`, `pods/attach`. */
  resource: string;
  verbs: string[];
  /** Absent: in every namespace, since those of a run do not exist before it. */
  namespace?: string;
  /** Completes the sentence "netvet needs to". */
  why: string;
}

/** Without these nothing can be run. */
export const permissions: Permission[] = [
  {
    group: '',
    resource: 'namespaces',
    verbs: ['create', 'get', 'list', 'patch', 'delete'],
    why: 'make namespaces of its own, and to leave none',
  },
  { group: '', resource: 'nodes', verbs: ['get', 'list'], why: 'spread Pods over nodes' },
  {
    group: '',
    resource: 'pods',
    verbs: ['create', 'get', 'list', 'watch', 'patch', 'delete'],
    why: 'start Pods that probe each other',
  },
  { group: '', resource: 'pods/attach', verbs: ['create', 'get'], why: 'talk to the agents in its Pods' },
  { group: '', resource: 'pods/exec', verbs: ['create', 'get'], why: 'run commands on nodes and in Pods under load' },
  { group: '', resource: 'pods/log', verbs: ['get'], why: 'count what servers saw' },
  { group: '', resource: 'configmaps', verbs: ['create', 'delete'], why: "give Pods the agent's code" },
  { group: '', resource: 'serviceaccounts', verbs: ['list', 'watch'], why: 'know when a namespace takes Pods' },
  { group: '', resource: 'services', verbs: ['create', 'get', 'patch', 'delete'], why: 'test Services' },
  {
    group: 'apps',
    resource: 'deployments',
    verbs: ['create', 'list', 'watch', 'patch', 'delete'],
    why: 'roll and scale Deployments',
  },
  {
    group: 'discovery.k8s.io',
    resource: 'endpointslices',
    verbs: ['list', 'watch'],
    why: 'know when a Service is gone for good',
  },
  {
    group: 'networking.k8s.io',
    resource: 'networkpolicies',
    verbs: ['create', 'update', 'delete'],
    why: 'test policies',
  },
];

/** What a run goes without: `capability` is then among the parameters' `unavailable`, and what needs it is skipped with the reason. */
export const optionalPermissions: (Permission & { capability: string })[] = [
  {
    capability: 'agents',
    group: '',
    resource: 'pods',
    namespace: 'kube-system',
    verbs: ['delete'],
    why: "take the CNI's agent away for a moment",
  },
  {
    capability: 'EndpointSlices',
    group: 'discovery.k8s.io',
    resource: 'endpointslices',
    verbs: ['create', 'patch', 'delete'],
    why: 'write EndpointSlices by hand',
  },
  {
    capability: 'installed CNI',
    group: 'apps',
    resource: 'daemonsets',
    verbs: ['list'],
    why: 'see which CNI is installed',
  },
  {
    capability: 'resources',
    group: '',
    resource: 'nodes/proxy',
    verbs: ['get'],
    why: 'report what the network takes of each node',
  },
  {
    capability: 'events',
    group: '',
    resource: 'events',
    verbs: ['list'],
    why: 'say why a Pod does not become Ready',
  },
  {
    capability: 'policies',
    group: 'networking.k8s.io',
    resource: 'networkpolicies',
    verbs: ['list'],
    why: 'name the policy that should have decided a connection',
  },
];

/** What load from several Pods needs besides. */
export const distributedPermissions: Permission[] = [
  { group: 'batch', resource: 'jobs', verbs: ['create', 'delete'], why: 'load from several Pods' },
];

/** Where the k6-operator is; without it a Job does the same. */
export const testRunPermission: Permission = {
  group: 'k6.io',
  resource: 'testruns',
  verbs: ['create', 'delete'],
  why: 'load from several Pods of the k6-operator',
};
