/** What kubectl prints. */
import { collect, type Step } from './case.ts';
import {
  configMap,
  deployment,
  good,
  main,
  meta,
  ofKind,
  pod,
  policy,
  port,
  selector,
  service,
  slice,
  template,
} from './make.ts';

const { cases, add } = collect();

const table: Step = { method: 'GET', table: true };
const status = (of: object): Step => ({ below: '/status', body: { status: of } });
const running = { running: { startedAt: '2020-01-01T00:00:00Z' } };
const ended = (more: object) => ({
  terminated: { startedAt: '2020-01-01T00:00:00Z', finishedAt: '2020-01-01T00:00:01Z', ...more },
});
const container = (name: string, state: object, more: object = {}) => ({
  name,
  state,
  ready: false,
  restartCount: 0,
  image: 'x',
  imageID: 'x',
  ...more,
});
const two = pod({ containers: [main, { name: 'side', image: 'x' }], readinessGates: [{ conditionType: 'a/b' }] });
const ready = { type: 'Ready', status: 'True' };
const podStates: Record<string, object> = {
  pending: {},
  evicted: { phase: 'Failed', reason: 'Evicted' },
  creating: { phase: 'Pending', containerStatuses: [container('main', { waiting: { reason: 'ContainerCreating' } })] },
  running: {
    phase: 'Running',
    podIP: '10.0.0.1',
    conditions: [ready, { type: 'a/b', status: 'True' }],
    containerStatuses: [container('main', running, { ready: true }), container('side', running, { ready: true })],
  },
  'half ready': {
    phase: 'Running',
    containerStatuses: [container('main', running, { ready: true }), container('side', running)],
  },
  crashing: {
    phase: 'Running',
    containerStatuses: [
      container(
        'main',
        { waiting: { reason: 'CrashLoopBackOff' } },
        { restartCount: 4, lastState: ended({ exitCode: 1, reason: 'Error' }) },
      ),
      container('side', running, { ready: true }),
    ],
  },
  error: { phase: 'Failed', containerStatuses: [container('main', ended({ exitCode: 1, reason: 'Error' }))] },
  'exit code': { phase: 'Failed', containerStatuses: [container('main', ended({ exitCode: 3 }))] },
  signal: { phase: 'Failed', containerStatuses: [container('main', ended({ exitCode: 137, signal: 9 }))] },
  completed: {
    phase: 'Succeeded',
    containerStatuses: [container('main', ended({ exitCode: 0, reason: 'Completed' }))],
  },
  'one completed': {
    phase: 'Running',
    conditions: [ready],
    containerStatuses: [
      container('main', ended({ exitCode: 0, reason: 'Completed' })),
      container('side', running, { ready: true }),
    ],
  },
  'one completed, not ready': {
    phase: 'Running',
    containerStatuses: [
      container('main', ended({ exitCode: 0, reason: 'Completed' })),
      container('side', running, { ready: true }),
    ],
  },
  gated: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] },
  image: { phase: 'Pending', containerStatuses: [container('main', { waiting: { reason: 'ImagePullBackOff' } })] },
};
for (const [name, state] of Object.entries(podStates)) add(`table, ${name}`, two, status(state), table);
const withInit = pod({
  containers: [main],
  initContainers: [
    { name: 'one', image: 'x' },
    { name: 'beside', image: 'x', restartPolicy: 'Always' },
  ],
});
const initStates: Record<string, object[]> = {
  first: [container('one', running)],
  waiting: [container('one', { waiting: { reason: 'ImagePullBackOff' } })],
  initializing: [container('one', { waiting: { reason: 'PodInitializing' } })],
  failed: [container('one', ended({ exitCode: 2 }), { restartCount: 2 })],
  'failed with a reason': [container('one', ended({ exitCode: 2, reason: 'Error' }))],
  second: [container('one', ended({ exitCode: 0 })), container('beside', running)],
  'sidecar started': [
    container('one', ended({ exitCode: 0 }), { restartCount: 3 }),
    container('beside', running, { started: true, ready: true, restartCount: 1 }),
  ],
};
for (const [name, initContainerStatuses] of Object.entries(initStates))
  add(
    `table, init ${name}`,
    withInit,
    status({
      phase: 'Pending',
      initContainerStatuses,
      containerStatuses: [container('main', { waiting: { reason: 'PodInitializing' } })],
    }),
    table,
  );
add(
  'table, terminating',
  pod({ containers: [main] }, { name: 'x', finalizers: ['a/b'] }),
  status({ phase: 'Running' }),
  { method: 'DELETE' },
  table,
);
add(
  'table',
  service({
    ports: [port({ name: 'a' }), port({ name: 'b', port: 81 })],
    clusterIP: '10.96.0.90',
    selector: { b: 'c', a: 'b' },
  }),
  table,
);
add(
  'table, node port',
  service({ type: 'NodePort', clusterIP: '10.96.0.91', externalIPs: ['1.2.3.4'], ports: [port({ nodePort: 30020 })] }),
  table,
);
add('table, headless', service({ clusterIP: 'None' }), table);
add('table, externalName', service({ type: 'ExternalName', externalName: 'a.b' }), table);
add(
  'table, load balancer',
  service({ type: 'LoadBalancer', clusterIP: '10.96.0.92', ports: [port({ nodePort: 30021 })] }),
  table,
  status({ loadBalancer: { ingress: [{ ip: '5.6.7.8' }, { ip: '1.2.3.4' }] } }),
  table,
);
add(
  'table',
  deployment({ ...good, replicas: 3 }),
  status({ replicas: 3, readyReplicas: 2, updatedReplicas: 3, availableReplicas: 1 }),
  table,
);
add(
  'table, expressions',
  deployment({
    selector: {
      matchLabels: { a: 'b' },
      matchExpressions: [
        { key: 'a', operator: 'In', values: ['c', 'b'] },
        { key: 'z', operator: 'DoesNotExist' },
        { key: 'b', operator: 'NotIn', values: ['q'] },
      ],
    },
    template: template({ a: 'b' }),
  }),
  table,
);
add('table', ofKind('ReplicaSet', good), status({ replicas: 2, readyReplicas: 1 }), table);
add(
  'table',
  ofKind('DaemonSet', { selector, template: template({ a: 'b' }, { nodeSelector: { n: 'm' }, containers: [main] }) }),
  status({
    currentNumberScheduled: 3,
    desiredNumberScheduled: 4,
    numberReady: 2,
    numberMisscheduled: 0,
    updatedNumberScheduled: 1,
    numberAvailable: 1,
  }),
  table,
);
add('table', ofKind('StatefulSet', { ...good, serviceName: 's' }), table);
const nodeStatus = {
  conditions: [{ type: 'Ready', status: 'True' }],
  addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
  nodeInfo: {
    kubeletVersion: 'v1',
    osImage: 'os',
    kernelVersion: '6',
    containerRuntimeVersion: 'c://1',
    architecture: 'a',
    bootID: 'b',
    kubeProxyVersion: '',
    machineID: 'm',
    operatingSystem: 'linux',
    systemUUID: 's',
  },
};
const nodeObject = (spec: object, labels: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'x', labels },
  spec: { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }], ...spec },
});
add(
  'table',
  nodeObject({}, { 'node-role.kubernetes.io/control-plane': '', 'kubernetes.io/role': 'x' }),
  status(nodeStatus),
  table,
);
add(
  'table, cordoned',
  nodeObject({
    unschedulable: true,
    taints: [
      { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' },
      { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' },
    ],
  }),
  status({ ...nodeStatus, conditions: [{ type: 'Ready', status: 'Unknown' }] }),
  table,
);
add('table', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } }, table);
add('table', configMap(meta, { data: { a: 'b' }, binaryData: { c: 'eA==' } }), table);
add('table', { apiVersion: 'v1', kind: 'Secret', metadata: meta, data: { a: 'eA==' } }, table);
add('table', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta }, table);
add(
  'table',
  policy({ podSelector: { matchLabels: { b: 'c', a: 'b' }, matchExpressions: [{ key: 'c', operator: 'Exists' }] } }),
  table,
);
add('table, everything', policy({ podSelector: {} }), table);
add(
  'table',
  slice({
    addressType: 'IPv4',
    endpoints: [
      { addresses: ['10.0.0.1'] },
      { addresses: ['10.0.0.2'] },
      { addresses: ['10.0.0.3'] },
      { addresses: ['10.0.0.4'] },
    ],
    ports: [{ name: 'a', port: 80 }, { name: 'b' }],
  }),
  table,
);
add('table, empty', slice({ addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.1'] }] }), table);
add(
  'table',
  {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: meta,
    involvedObject: { kind: 'Pod', name: 'p', namespace: 'default', fieldPath: 'spec.x' },
    reason: 'R',
    message: ' m ',
    type: 'Normal',
    source: { component: 'c', host: 'h' },
    count: 3,
  },
  table,
);
add(
  'table',
  { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: meta, spec: { holderIdentity: 'me' } },
  table,
);
add(
  'table',
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: meta,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'a' },
    subjects: [
      { kind: 'ServiceAccount', name: 'x', namespace: 'default' },
      { kind: 'User', name: 'y' },
    ],
  },
  table,
);
add(
  'table',
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: meta,
    spec: { template: { spec: { restartPolicy: 'Never', containers: [main] } } },
  },
  table,
);
add(
  'table',
  {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: meta,
    subsets: [
      {
        addresses: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }],
        ports: [
          { port: 80, name: 'a' },
          { port: 81, name: 'b' },
        ],
      },
    ],
  },
  table,
);

export { cases as tables };
