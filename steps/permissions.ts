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

/** `where`: the group and the resource, such as `apps:deployments`; the core group has no name. */
function to<More>(why: string, where: string, verbs: string, more?: More): Permission & More {
  const [, group = '', resource = ''] = /^(?:([a-z.0-9]+):)?(.+)$/.exec(where) ?? [];
  return { group, resource, verbs: verbs.split(' '), why, ...(more as More) };
}

/** Without these nothing can be run. */
export const permissions: Permission[] = [
  to('make namespaces of its own, and to leave none', 'namespaces', 'create get list patch delete'),
  to('spread Pods over nodes', 'nodes', 'get list'),
  to('start Pods that probe each other', 'pods', 'create get list watch patch delete'),
  to('talk to the agents in its Pods', 'pods/attach', 'create get'),
  to('run commands on nodes and in Pods under load', 'pods/exec', 'create get'),
  to('count what servers saw', 'pods/log', 'get'),
  to("give Pods the agent's code", 'configmaps', 'create delete'),
  to('know when Pods can be made in a namespace', 'serviceaccounts', 'list watch'),
  to('test Services', 'services', 'create get patch delete'),
  to('roll and scale Deployments', 'apps:deployments', 'create list watch patch delete'),
  to('know when a Service is gone for good', 'discovery.k8s.io:endpointslices', 'list watch'),
  to('test policies', 'networking.k8s.io:networkpolicies', 'create update delete'),
];

/** What a run goes without: what needs it is skipped with the reason in the parameters' `unavailable[capability]`. */
export const optionalPermissions: (Permission & { capability: string })[] = [
  to("take the CNI's agent away for a moment", 'pods', 'delete', { capability: 'agents', namespace: 'kube-system' }),
  to('write EndpointSlices by hand', 'discovery.k8s.io:endpointslices', 'create patch delete', {
    capability: 'EndpointSlices',
  }),
  to('see which CNI is installed', 'apps:daemonsets', 'list', { capability: 'installed CNI' }),
  to('report what the network takes of each node', 'nodes/proxy', 'get', { capability: 'resources' }),
  to('say why a Pod does not become Ready', 'events', 'list', { capability: 'events' }),
  to('name the policy that should have decided a connection', 'networking.k8s.io:networkpolicies', 'list', {
    capability: 'policies',
  }),
];

/** What load from several Pods needs besides. */
export const distributedPermissions: Permission[] = [to('load from several Pods', 'batch:jobs', 'create delete')];

/** Where the k6-operator is; without it a Job does the same. */
export const testRunPermission = to('load from several Pods of the k6-operator', 'k6.io:testruns', 'create delete');
