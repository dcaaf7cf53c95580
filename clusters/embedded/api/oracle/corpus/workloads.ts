/** Deployments and their like. */
import { collect } from './case.ts';
import { deployment, good, main, ofKind, selector, template } from './make.ts';

const { cases, add } = collect();

add('plain', deployment(good));
add('no spec', deployment({}));
add('no selector', deployment({ template: template({ a: 'b' }) }));
add('empty selector', deployment({ selector: {}, template: template({ a: 'b' }) }));
add('selector of others', deployment({ selector, template: template({ a: 'c' }) }));
add('selector of nobody', deployment({ selector, template: { spec: { containers: [main] } } }));
add(
  'bad selector',
  deployment({ selector: { matchExpressions: [{ key: 'a', operator: 'x' }] }, template: template({ a: 'b' }) }),
);
add(
  'negative',
  deployment({ ...good, replicas: -1, minReadySeconds: -1, revisionHistoryLimit: -1, progressDeadlineSeconds: -1 }),
);
add('none', deployment({ ...good, replicas: 0 }));
add('recreate', deployment({ ...good, strategy: { type: 'Recreate' } }));
add('recreate with limits', deployment({ ...good, strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } }));
add('another strategy', deployment({ ...good, strategy: { type: 'x' } }));
for (const rollingUpdate of [
  { maxSurge: 0, maxUnavailable: 0 },
  { maxSurge: '0%', maxUnavailable: 0 },
  { maxSurge: 1 },
  { maxSurge: 'x', maxUnavailable: '200%' },
  { maxSurge: -1 },
])
  add(`limits ${JSON.stringify(rollingUpdate)}`, deployment({ ...good, strategy: { rollingUpdate } }));
add(
  'restart policy',
  deployment({ selector, template: template({ a: 'b' }, { restartPolicy: 'Never', containers: [main] }) }),
);
add('template without containers', deployment({ selector, template: template({ a: 'b' }, {}) }));
add('template labels', deployment({ selector, template: template({ a: 'b', 'c d': 'e' }) }));
add(
  'selector changed',
  deployment(good),
  { body: { spec: { selector: { matchLabels: { c: 'd' } }, template: { metadata: { labels: { c: 'd' } } } } } },
  { body: { spec: { replicas: 3 } } },
  { method: 'GET', below: '/scale' },
  { below: '/scale', body: { spec: { replicas: 5 } } },
);
add('strategy changed', deployment(good), {
  type: 'strategic',
  body: { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } },
});
add(
  'containers merged',
  deployment(good),
  {
    type: 'strategic',
    body: {
      spec: {
        template: {
          spec: {
            containers: [{ name: 'side', image: 'x' }],
            $setElementOrder: undefined,
            '$setElementOrder/containers': [{ name: 'side' }, { name: 'main' }],
          },
        },
      },
    },
  },
  {
    type: 'strategic',
    body: { spec: { template: { spec: { containers: [{ name: 'main', ports: [{ containerPort: 80 }] }] } } } },
  },
  {
    type: 'strategic',
    body: { spec: { template: { spec: { containers: [{ name: 'main', ports: [{ containerPort: 81 }] }] } } } },
  },
  {
    type: 'strategic',
    body: {
      spec: {
        template: { spec: { containers: [{ name: 'main', ports: [{ containerPort: 80, $patch: 'delete' }] }] } },
      },
    },
  },
  { type: 'strategic', body: { spec: { template: { spec: { containers: [{ name: 'side', $patch: 'delete' }] } } } } },
);
add('a string of replicas', deployment({ ...good, replicas: '3' }));
for (const kind of ['ReplicaSet', 'DaemonSet', 'StatefulSet']) {
  add('plain', ofKind(kind, kind === 'StatefulSet' ? { ...good, serviceName: 's' } : good));
  add('no selector', ofKind(kind, { template: template({ a: 'b' }) }));
  add('selector of others', ofKind(kind, { selector, template: template({ a: 'c' }) }));
}

export { cases as workloads };
