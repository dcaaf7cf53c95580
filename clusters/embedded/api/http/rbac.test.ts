import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokenOf } from '../../objects.ts';
import { pod, startRig } from '../testing.ts';

const rbac = (kind: string, name: string, more: object, namespace?: string) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  metadata: { name, ...(namespace && { namespace }) },
  ...more,
});
const account = { kind: 'ServiceAccount', name: 'agent', namespace: 'kube-system' };
const binding = (kind: string, name: string) => ({
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
  subjects: [account],
});
const headers = { Authorization: `Bearer ${tokenOf(account)}` };

test('a service account may do what its roles say, and nothing else', async (t) => {
  const { ask, store } = await startRig(t);
  store.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: account });
  store.create(pod('a'));
  const watching = { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] }] };
  const inShop = [
    { apiGroups: [''], resources: ['pods', 'pods/log'], resourceNames: ['a'], verbs: ['get', 'delete'] },
    { apiGroups: ['apps'], resources: ['*'], verbs: ['*'] },
  ];
  store.create(rbac('ClusterRole', 'watching', watching));
  store.create(rbac('ClusterRoleBinding', 'watching', binding('ClusterRole', 'watching')));
  store.create(rbac('Role', 'here', { rules: inShop }, 'default'));
  store.create(rbac('RoleBinding', 'here', binding('Role', 'here'), 'default'));

  const pods = '/api/v1/namespaces/default/pods';
  const asked: [number, string, string, object?][] = [
    [200, 'GET', '/api/v1/pods'],
    [200, 'GET', pods],
    [200, 'GET', `${pods}/a`],
    [200, 'GET', `${pods}/a/log`],
    [403, 'GET', `${pods}/b`],
    [403, 'GET', '/api/v1/services'],
    [403, 'POST', pods, pod('b')],
    [403, 'PATCH', `${pods}/a`, {}],
    [403, 'DELETE', pods],
    [403, 'POST', `${pods}/a/eviction`, {}],
    [403, 'GET', '/api/v1/namespaces/kube-system/pods/a'],
    [200, 'GET', '/apis/apps/v1/namespaces/default/deployments'],
    [403, 'GET', '/apis/apps/v1/deployments'],
    [200, 'GET', '/version'],
    [200, 'GET', '/api'],
    [200, 'DELETE', `${pods}/a`],
  ];
  for (const [code, method, path, body] of asked)
    assert.equal((await ask(method, path, body, headers)).code, code, `${method} ${path}`);
});

test('applying what is not there asks for create too; bindings may leave out their own namespace', async (t) => {
  const { ask, store } = await startRig(t);
  store.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: account });
  const rules = [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['a'], verbs: ['patch', 'get', 'list'] }];
  store.create(rbac('Role', 'patching', { rules }, 'kube-system'));
  const { namespace: _namespace, ...subject } = account;
  const bound = { ...binding('Role', 'patching'), subjects: [subject] };
  store.create(rbac('RoleBinding', 'patching', bound, 'kube-system'));
  const path = '/api/v1/namespaces/kube-system/configmaps';
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'kube-system' } };
  const applied = { ...headers, 'Content-Type': 'application/apply-patch+yaml' };
  const patch = async () => (await ask('PATCH', `${path}/a?fieldManager=x`, object, applied)).code;
  assert.equal(await patch(), 403);
  store.create(object);
  assert.equal(await patch(), 200);
  for (const [query, code] of [
    ['?fieldSelector=metadata.name%3Da', 200],
    ['?fieldSelector=metadata.name%3Da&watch=false', 200],
    ['?fieldSelector=metadata.name%3Db', 403],
    ['', 403],
  ] as const)
    assert.equal((await ask('GET', `${path}${query}`, undefined, headers)).code, code, query);
});

test('reviews say who one is, and what one may do', async (t) => {
  const { ask, store } = await startRig(t);
  store.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: account });
  store.create(rbac('ClusterRole', 'reading', { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }] }));
  store.create(rbac('ClusterRoleBinding', 'reading', binding('ClusterRole', 'reading')));
  const may = async (resource: string, own: Record<string, string>) => {
    const spec = { resourceAttributes: { verb: 'list', resource } };
    const answer = await ask('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { spec }, own);
    return answer.body['status']?.allowed;
  };
  const seen = [await may('pods', headers), await may('secrets', headers), await may('secrets', {})];
  assert.deepEqual(seen, [true, false, true]);
  const who = await ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {}, headers);
  assert.equal(who.body['status'].userInfo.username, 'system:serviceaccount:kube-system:agent');
});

test('a refusal says who, what and where, and a token of nobody is not let in', async (t) => {
  const { ask, store } = await startRig(t);
  store.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: account });
  const { body } = await ask('GET', '/apis/discovery.k8s.io/v1/endpointslices', undefined, headers);
  assert.deepEqual(
    [body['reason'], body['message'], body['details']],
    [
      'Forbidden',
      'endpointslices.discovery.k8s.io is forbidden: User "system:serviceaccount:kube-system:agent" cannot list ' +
        'resource "endpointslices" in API group "discovery.k8s.io" at the cluster scope',
      { group: 'discovery.k8s.io', kind: 'endpointslices' },
    ],
  );
  const named = await ask('DELETE', '/api/v1/namespaces/kube-system', undefined, headers);
  assert.match(
    String(named.body['message']),
    /^namespaces "kube-system" is forbidden: .* cannot delete .* in the namespace "kube-system"$/,
  );
  for (const token of ['embedded:kube-system:other', 'something'])
    assert.equal((await ask('GET', '/api/v1/pods', undefined, { Authorization: `Bearer ${token}` })).code, 401);
  assert.equal((await ask('GET', '/api/v1/pods')).code, 200);
});

test('a Pod of a service account gets its token, unless it does not want it', async (t) => {
  const { store } = await startRig(t);
  const mounts = (name: string, spec: object) => {
    const [container] = store.create(pod(name, spec))['spec'].containers;
    return (container.volumeMounts ?? []).map((mount: { mountPath: string }) => mount.mountPath);
  };
  const path = '/var/run/secrets/kubernetes.io/serviceaccount';
  assert.deepEqual(mounts('with', { serviceAccountName: 'agent' }), [path]);
  assert.deepEqual(mounts('without', { serviceAccountName: 'agent', automountServiceAccountToken: false }), []);
  assert.deepEqual(mounts('default', {}), []);
});
