/**
 * Who may do what. A request with a service account's token gets what roles give that account; one without a token is
 * the administrator's, as with a kubeconfig of kubeadm.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/
 */
import type { V1PolicyRule } from '@kubernetes/client-node';
import { ApiError, accountOf, type KubeObject, type ServiceAccountName } from '../../objects.ts';
import { forbidden } from '../errors.ts';
import type { Store } from '../store.ts';
import { type Exchange, flag, type ResourceExchange } from './exchange.ts';

const changes: Record<string, string> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

/** What is asked for, as SubjectAccessReview has it. */
export interface Access {
  verb: string;
  group?: string;
  /** The plural name of the kind. */
  resource?: string;
  subresource?: string;
  namespace?: string | undefined;
  name?: string | undefined;
}

function verbOf({ request: { method = 'GET' }, query, target: { name } }: ResourceExchange): string {
  if (method === 'GET') return name === undefined ? (flag(query, 'watch') ? 'watch' : 'list') : 'get';
  return method === 'DELETE' && name === undefined ? 'deletecollection' : (changes[method] ?? method.toLowerCase());
}

function allows(rule: V1PolicyRule, { verb, group = '', resource = '', subresource, name }: Access): boolean {
  const has = (list: string[] | undefined, ...wanted: string[]) =>
    list?.some((each) => each === '*' || wanted.includes(each)) ?? false;
  const below = subresource ? [`${resource}/${subresource}`, `*/${subresource}`] : [resource];
  const named = !rule.resourceNames?.length || (name !== undefined && rule.resourceNames.includes(name));
  return has(rule.verbs, verb) && has(rule.apiGroups, group) && has(rule.resources, ...below) && named;
}

export const userOf = ({ namespace, name }: ServiceAccountName) => `system:serviceaccount:${namespace}:${name}`;

export const groupsOf = ({ namespace }: ServiceAccountName) => [
  'system:serviceaccounts',
  `system:serviceaccounts:${namespace}`,
  'system:authenticated',
];

/** Whether a subject of the binding is the account, by itself or by a group that it is in. */
const isBound = ({ metadata, subjects = [] }: KubeObject, account: ServiceAccountName): boolean =>
  (subjects as Record<string, string>[]).some(({ kind, name = '', namespace = metadata.namespace }) => {
    if (kind === 'ServiceAccount') return name === account.name && namespace === account.namespace;
    return kind === 'User' ? name === userOf(account) : groupsOf(account).includes(name);
  });

/** Whether a role that the account has in the namespace, or in the whole cluster, allows it. */
export function isAllowed(store: Store, account: ServiceAccountName, access: Access): boolean {
  const { namespace } = access;
  const own = namespace ? store.list('RoleBinding', { namespace }) : [];
  const bindings = [...store.list('ClusterRoleBinding'), ...own].filter((binding) => isBound(binding, account));
  return bindings.some(({ roleRef: { kind, name } }) => {
    const rules: V1PolicyRule[] = store.get(kind, kind === 'Role' ? namespace : undefined, name)?.['rules'] ?? [];
    return rules.some((rule) => allows(rule, access));
  });
}

/** Whose token the request shows; undefined: the administrator, who needs none. Throws 401 for a token of nobody. */
export function requester({ store, request }: Pick<Exchange, 'store' | 'request'>): ServiceAccountName | undefined {
  const [scheme, token = ''] = request.headers.authorization?.split(' ') ?? [];
  if (scheme === undefined) return undefined;
  const account = accountOf(token);
  if (account && store.get('ServiceAccount', account.namespace, account.name)) return account;
  throw new ApiError(401, 'Unauthorized', 'Unauthorized');
}

/** Throws 401 for a token of nobody, and 403, as the real server words it, for what no role allows. */
export function authorize(exchange: ResourceExchange, verb = verbOf(exchange)): void {
  const account = requester(exchange);
  if (!account) return;
  const { store, query, target } = exchange;
  const { resource, subresource, name } = target;
  // a collection of one by its name is held to be that one
  const [, selected] = /^metadata\.name=([^,]+)$/.exec(query.get('fieldSelector') ?? '') ?? [];
  const namespace = resource.kind === 'Namespace' ? name : target.namespace;
  const { group, plural } = resource;
  const access = { verb, group, resource: plural, ...(subresource && { subresource }), namespace };
  if (isAllowed(store, account, { ...access, name: name ?? selected })) return;
  const what = `resource "${plural}${subresource ? `/${subresource}` : ''}" in API group "${group}"`;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  throw forbidden(resource, name, `User "${userOf(account)}" cannot ${verb} ${what} ${where}`);
}
