/**
 * Who may do what. A request with a service account's token gets what roles give that account; one without a token is
 * the administrator's, as with a kubeconfig of kubeadm.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/
 */
import type { IncomingMessage } from 'node:http';
import { ApiError, accountOf, type KubeObject, type ServiceAccountName } from '../../objects.ts';
import { about } from '../errors.ts';
import { qualifiedName } from '../resources.ts';
import type { Store } from '../store.ts';
import type { ResourceExchange, Target } from './exchange.ts';

const changes: Record<string, string> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

function verbOf({ method = 'GET' }: IncomingMessage, query: URLSearchParams, { name, subresource }: Target): string {
  // exec and attach are POSTs to RBAC, however they are sent
  if (subresource === 'exec' || subresource === 'attach') return 'create';
  if (method === 'GET') return name === undefined ? (query.has('watch') ? 'watch' : 'list') : 'get';
  return method === 'DELETE' && name === undefined ? 'deletecollection' : (changes[method] ?? method.toLowerCase());
}

interface Rule {
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  verbs: string[];
}

function allows(rule: Rule, verb: string, { resource, subresource, name }: Target): boolean {
  const has = (list: string[] | undefined, ...wanted: string[]) =>
    list?.some((each) => each === '*' || wanted.includes(each)) ?? false;
  const { plural } = resource;
  const below = subresource === undefined ? [plural] : [`${plural}/${subresource}`, `*/${subresource}`];
  const named = !rule.resourceNames?.length || (name !== undefined && rule.resourceNames.includes(name));
  return has(rule.verbs, verb) && has(rule.apiGroups, resource.group) && has(rule.resources, ...below) && named;
}

/** Whether a binding's subject is the account, by itself or by a group that it is in. */
function isSubject({ kind, name, namespace }: Record<string, string>, account: ServiceAccountName): boolean {
  if (kind === 'ServiceAccount') return name === account.name && namespace === account.namespace;
  if (kind === 'User') return name === userOf(account);
  const groups = ['system:authenticated', 'system:serviceaccounts', `system:serviceaccounts:${account.namespace}`];
  return groups.includes(name ?? '');
}

const userOf = ({ namespace, name }: ServiceAccountName) => `system:serviceaccount:${namespace}:${name}`;

/** The rules that the account has in a namespace, or in the whole cluster. */
function rulesOf(store: Store, account: ServiceAccountName, namespace: string | undefined): Rule[] {
  const own = namespace === undefined ? [] : store.list('RoleBinding', { namespace });
  return [...store.list('ClusterRoleBinding'), ...own]
    .filter(({ subjects }) =>
      (subjects as Record<string, string>[] | undefined)?.some((one) => isSubject(one, account)),
    )
    .flatMap(({ roleRef: { kind, name } }: KubeObject) => {
      const role = store.get(kind, kind === 'Role' ? namespace : undefined, name);
      return (role?.['rules'] ?? []) as Rule[];
    });
}

/** Throws 401 for a token of nobody, and 403, as the real server words it, for what no role allows. */
export function authorize({ store, request, query, target }: ResourceExchange): void {
  const [scheme, token = ''] = request.headers.authorization?.split(' ') ?? [];
  if (scheme === undefined) return;
  const account = accountOf(token);
  if (!account || !store.get('ServiceAccount', account.namespace, account.name))
    throw new ApiError(401, 'Unauthorized', 'Unauthorized');
  const verb = verbOf(request, query, target);
  const { resource, subresource, name } = target;
  const namespace = resource.kind === 'Namespace' ? name : target.namespace;
  if (rulesOf(store, account, namespace).some((rule) => allows(rule, verb, target))) return;
  const what = `${qualifiedName(resource)}${name === undefined ? '' : ` "${name}"`}`;
  const asked = `${resource.plural}${subresource === undefined ? '' : `/${subresource}`}`;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  throw new ApiError(
    403,
    'Forbidden',
    `${what} is forbidden: User "${userOf(account)}" cannot ${verb} resource "${asked}" ` +
      `in API group "${resource.group}" ${where}`,
    about(resource, name),
  );
}
