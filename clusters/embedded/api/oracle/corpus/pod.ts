/** What Pods may say, and what of them may change. */
import { collect } from './case.ts';
import { main, meta, pod } from './make.ts';

const { cases, add } = collect();

const withContainer = (more: object) => pod({ containers: [{ ...main, ...more }] });
add('plain', pod({ containers: [main] }));
add('no spec', { apiVersion: 'v1', kind: 'Pod', metadata: meta });
add('no containers', pod({}));
add('no image', pod({ containers: [{ name: 'a' }] }));
add('no name', pod({ containers: [{ image: 'a' }] }));
add('names', pod({ containers: [{ ...main, name: 'A' }, main, main, { ...main, name: 'a.b' }] }));
add('image with a space', withContainer({ image: ' node' }));
for (const image of [
  'node',
  'node:latest',
  'node:24',
  'host:5000/node',
  'host:5000/node:1',
  `node@sha256:${'a'.repeat(64)}`,
])
  add(`image ${image.slice(0, 24)}`, withContainer({ image }));
add(
  'ports',
  withContainer({
    ports: [{ containerPort: 80 }, { containerPort: 81, name: 'http', protocol: 'UDP', hostPort: 8081 }],
  }),
);
add(
  'bad ports',
  withContainer({
    ports: [
      { containerPort: 0 },
      { containerPort: 70000 },
      { containerPort: 80, name: 'HTTP' },
      { containerPort: 81, hostPort: -1 },
      { containerPort: 82, protocol: 'x' },
      { name: 'x' },
    ],
  }),
);
add(
  'port names twice',
  withContainer({
    ports: [
      { containerPort: 80, name: 'a' },
      { containerPort: 81, name: 'a' },
    ],
  }),
);
add(
  'host ports twice',
  pod({
    containers: [
      { ...main, ports: [{ containerPort: 80, hostPort: 80 }] },
      { ...main, name: 'b', ports: [{ containerPort: 81, hostPort: 80 }] },
    ],
  }),
);
add('host network', pod({ hostNetwork: true, containers: [{ ...main, ports: [{ containerPort: 80 }] }] }));
add(
  'host network, other port',
  pod({ hostNetwork: true, containers: [{ ...main, ports: [{ containerPort: 80, hostPort: 81 }] }] }),
);
add(
  'env',
  withContainer({
    env: [
      { name: 'A', value: 'x' },
      { name: 'B', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      { name: 'C', valueFrom: { configMapKeyRef: { name: 'a', key: 'b' } } },
    ],
  }),
);
add(
  'bad env',
  withContainer({
    env: [
      { name: '' },
      { name: 'a=b' },
      { name: '1a' },
      { name: 'C', valueFrom: {} },
      { name: 'D', value: 'x', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      { name: 'E', valueFrom: { configMapKeyRef: { name: 'a' } } },
    ],
  }),
);
add(
  'probes',
  withContainer({
    livenessProbe: { httpGet: { port: 80 } },
    readinessProbe: { tcpSocket: { port: 'http' }, periodSeconds: 1, initialDelaySeconds: 2 },
    startupProbe: { exec: { command: ['true'] } },
  }),
);
add(
  'bad probes',
  withContainer({
    livenessProbe: {
      httpGet: { port: 0, scheme: 'x', httpHeaders: [{ name: 'a b', value: 'c' }] },
      successThreshold: 2,
    },
    readinessProbe: { exec: {}, tcpSocket: { port: 1 }, periodSeconds: -1, terminationGracePeriodSeconds: 1 },
    startupProbe: {},
  }),
);
add('grpc probe', withContainer({ livenessProbe: { grpc: { port: 80 } } }));
add('lifecycle', withContainer({ lifecycle: { preStop: { exec: { command: ['sleep', '1'] } } } }));
add('bad lifecycle', withContainer({ lifecycle: { preStop: {} } }));
add(
  'policies',
  pod({
    restartPolicy: 'x',
    dnsPolicy: 'y',
    containers: [{ ...main, imagePullPolicy: 'z', terminationMessagePolicy: 'q' }],
  }),
);
add('restart never', pod({ restartPolicy: 'Never', containers: [main] }));
add(
  'init containers',
  pod({
    containers: [main],
    initContainers: [
      { name: 'init', image: 'a' },
      { name: 'side', image: 'b', restartPolicy: 'Always' },
    ],
  }),
);
add(
  'bad init containers',
  pod({
    containers: [main],
    initContainers: [main, { name: 'init', image: 'a', readinessProbe: { tcpSocket: { port: 1 } } }],
  }),
);
add(
  'volumes',
  pod({
    containers: [
      {
        ...main,
        volumeMounts: [
          { name: 'a', mountPath: '/a' },
          { name: 'b', mountPath: '/b', subPath: 'c' },
        ],
      },
    ],
    volumes: [
      { name: 'a' },
      { name: 'b', configMap: { name: 'x' } },
      { name: 'c', hostPath: { path: '/x' } },
      { name: 'd', secret: { secretName: 's' } },
      { name: 'e', downwardAPI: { items: [{ path: 'p', fieldRef: { fieldPath: 'metadata.name' } }] } },
    ],
  }),
);
add(
  'bad mounts',
  withContainer({ volumeMounts: [{ name: 'a', mountPath: '/a' }, { name: 'b', mountPath: '/a' }, { mountPath: '' }] }),
);
add(
  'bad volumes',
  pod({
    containers: [main],
    volumes: [
      { name: 'A' },
      { name: 'b', configMap: {} },
      { name: 'b', emptyDir: {} },
      { name: 'b' },
      { name: 'c', hostPath: { path: '../x', type: 'q' } },
      { name: 'd', emptyDir: {}, configMap: { name: 'x' } },
      {},
    ],
  }),
);
add(
  'bad paths in volumes',
  pod({
    containers: [main],
    volumes: [
      {
        name: 'b',
        configMap: {
          name: 'x',
          defaultMode: 999,
          items: [
            { key: 'a', path: '/b' },
            { key: '', path: '../c' },
          ],
        },
      },
    ],
  }),
);
add('resources', withContainer({ resources: { limits: { cpu: '1', memory: '1Gi' } } }));
add('resources in part', withContainer({ resources: { requests: { cpu: '100m' } } }));
add('host names', pod({ hostname: 'A', subdomain: 'b.c', nodeName: 'N', serviceAccountName: 'S', containers: [main] }));
add('node selector', pod({ nodeSelector: { 'a b': 'c' }, containers: [main] }));
add('tolerations', pod({ tolerations: [{ operator: 'Exists' }], containers: [main] }));
add(
  'bad tolerations',
  pod({
    tolerations: [
      { key: 'a b' },
      { value: 'x' },
      { key: 'a', operator: 'Exists', value: 'x' },
      { key: 'a', operator: 'x' },
      { key: 'a', effect: 'x' },
      { key: 'a', tolerationSeconds: 5 },
    ],
    containers: [main],
  }),
);
add('host aliases', pod({ hostAliases: [{ ip: 'x', hostnames: ['A'] }], containers: [main] }));
add('deadline', pod({ activeDeadlineSeconds: 0, containers: [main] }));
add('names of pods', pod({ containers: [main] }, { name: 'A_b' }));
add('status is not taken', { ...pod({ containers: [main] }), status: { phase: 'Running' } });
add(
  'changes',
  pod({ containers: [main] }),
  { type: 'strategic', body: { spec: { containers: [{ name: 'main', image: 'node:25' }] } } },
  { type: 'strategic', body: { spec: { containers: [{ name: 'main', env: [{ name: 'A', value: 'x' }] }] } } },
  { type: 'strategic', body: { spec: { containers: [{ name: 'more', image: 'x' }] } } },
  { body: { spec: { nodeName: 'node1' } } },
  { body: { spec: { activeDeadlineSeconds: 5 } } },
  { body: { spec: { activeDeadlineSeconds: 6 } } },
  { body: { spec: { tolerations: [] } } },
  { body: { metadata: { labels: { a: 'b' } } } },
  { below: '/status', body: { status: { phase: 'Running', podIP: '10.0.0.1' } } },
);
add('a port of the wrong type', withContainer({ ports: [{ containerPort: '80' }] }));
add('a list for a map', pod({ containers: {} }));
add('a map for a list of strings', withContainer({ command: 'x' }));

export { cases as pod };
