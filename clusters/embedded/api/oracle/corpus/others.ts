/** Kinds with few rules. */
import { collect, type Step } from './case.ts';
import { deployment, good, main, meta, ofKind, pod, port, service, slice } from './make.ts';

const { cases, add } = collect();

add('plain', slice({ addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.1'] }], ports: [{ port: 80 }] }));
add(
  'wrong',
  slice({
    addressType: 'IPv4',
    endpoints: [{ addresses: [] }, { addresses: ['127.0.0.1', '::1', 'x'] }],
    ports: [
      { name: 'A', port: 0 },
      { name: 'A', protocol: 'x' },
    ],
  }),
);
add('no type', slice({ endpoints: [] }));
add('type changed', slice({ addressType: 'IPv4', endpoints: [] }), { body: { addressType: 'IPv6' } });
add(
  'node',
  { apiVersion: 'v1', kind: 'Node', metadata: meta, spec: { podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24'] } },
  { body: { spec: { podCIDR: '10.244.2.0/24', podCIDRs: ['10.244.2.0/24'] } } },
);
add('lease', {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: meta,
  spec: { leaseDurationSeconds: 0 },
});
add('role', {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: { name: 'a:b' },
  rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
});
add('binding', {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: meta,
  roleRef: { kind: 'ClusterRole', name: 'a' },
  subjects: [
    { kind: 'ServiceAccount', name: 'x', namespace: 'default' },
    { kind: 'User', name: 'y' },
  ],
});

// a status subresource takes more than the status
const both = (more: object): Step => ({
  below: '/status?fieldManager=reporter',
  body: { metadata: { labels: { l: '1' }, annotations: { a: '1' }, finalizers: ['a/b'] }, ...more },
});
add('metadata by status', deployment(good), both({ spec: { replicas: 5 }, status: { replicas: 1 } }));
add('metadata by status', ofKind('ReplicaSet', good), both({ spec: { replicas: 5 }, status: { replicas: 1 } }));
add('metadata by status', pod({ containers: [main] }), both({ status: { phase: 'Running' } }), {
  method: 'PUT',
  below: '/status?fieldManager=other',
  body: { ...pod({ containers: [main] }), status: { phase: 'Failed' } },
});
add('metadata by status', service({ clusterIP: '10.96.0.93', ports: [port()] }), both({ status: { conditions: [] } }));
add(
  'metadata by status',
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } },
  both({ status: { phase: 'Active' } }),
);

export { cases as others };
