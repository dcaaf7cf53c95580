import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerState, ContainerStatus, Pod } from '../kinds.ts';
import { type Observed, phaseOf, podStatus } from './status-manager.ts';

const running: ContainerState = { running: { startedAt: '2026-01-01T00:00:00Z' } };
const waiting: ContainerState = { waiting: { reason: 'ContainerCreating' } };
const terminated = (exitCode: number): ContainerState => ({
  terminated: { exitCode, reason: '', startedAt: null, finishedAt: null },
});

const container = (name: string, state: ContainerState, more: Partial<ContainerStatus> = {}): ContainerStatus => ({
  name,
  image: 'x',
  imageID: '',
  ready: state.running !== undefined,
  started: state.running !== undefined,
  restartCount: 0,
  state,
  lastState: {},
  ...more,
});

const observed = (more: Partial<Observed>): Observed => ({
  startTime: new Date(0),
  hostIP: '172.18.0.11',
  podIPs: ['10.244.0.2'],
  sandboxReady: true,
  init: [],
  main: [],
  sidecars: new Set(),
  ...more,
});

const pod = (spec: object = {}, status: object = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: { containers: [], ...spec },
  status,
});

test('the phase, as the kubelet decides it', () => {
  const cases: [string, string, Partial<Observed>][] = [
    ['Pending', 'Always', { main: [container('a', waiting)] }],
    ['Pending', 'Always', { main: [container('a', running), container('b', waiting)] }],
    ['Running', 'Always', { main: [container('a', running), container('b', terminated(1))] }],
    ['Running', 'Always', { main: [container('a', terminated(0))] }],
    ['Running', 'Always', { main: [container('a', waiting, { lastState: terminated(1) })] }],
    ['Succeeded', 'Never', { main: [container('a', terminated(0)), container('b', terminated(0))] }],
    ['Failed', 'Never', { main: [container('a', terminated(0)), container('b', terminated(2))] }],
    ['Running', 'OnFailure', { main: [container('a', terminated(2))] }],
    ['Succeeded', 'OnFailure', { main: [container('a', terminated(0))] }],
    ['Pending', 'Always', { init: [container('i', running)], main: [container('a', waiting)] }],
    ['Failed', 'Never', { init: [container('i', terminated(1))], main: [container('a', waiting)] }],
    ['Pending', 'Always', { init: [container('i', terminated(1))], main: [container('a', waiting)] }],
    [
      'Running',
      'Always',
      { init: [container('s', running)], sidecars: new Set(['s']), main: [container('a', running)] },
    ],
    [
      'Pending',
      'Always',
      {
        init: [container('s', running, { started: false })],
        sidecars: new Set(['s']),
        main: [container('a', waiting)],
      },
    ],
    [
      'Succeeded',
      'Never',
      { init: [container('s', terminated(143))], sidecars: new Set(['s']), main: [container('a', terminated(0))] },
    ],
    ['Failed', 'Always', { main: [container('a', running)], failed: { reason: 'DeadlineExceeded', message: '' } }],
  ];
  for (const [wanted, restartPolicy, state] of cases)
    assert.equal(phaseOf(pod({ restartPolicy }), observed(state)), wanted, JSON.stringify(state));
});

const now = new Date('2026-01-02T00:00:00.5Z');
const condition = (status: ReturnType<typeof podStatus>, type: string) =>
  status.conditions?.find((each) => each.type === type);

test('a Pod is ready when all containers are, sidecars too', () => {
  const main = [container('a', running), container('b', running, { ready: false })];
  const unready = podStatus(pod(), observed({ main }), now);
  assert.equal(condition(unready, 'Ready')?.status, 'False');
  assert.equal(condition(unready, 'ContainersReady')?.message, 'containers with unready status: [b]');
  const sidecar = observed({
    init: [container('s', running, { ready: false })],
    sidecars: new Set(['s']),
    main: [container('a', running)],
  });
  assert.equal(condition(podStatus(pod(), sidecar, now), 'Ready')?.status, 'False');
  const ready = podStatus(pod(), observed({ main: [container('a', running)] }), now);
  assert.deepEqual(
    ['Ready', 'ContainersReady', 'Initialized', 'PodScheduled', 'PodReadyToStartContainers'].map(
      (type) => condition(ready, type)?.status,
    ),
    Array(5).fill('True'),
  );
});

test('readiness gates wait for conditions that others write, and those stay', () => {
  const spec = { readinessGates: [{ conditionType: 'example.org/on' }] };
  const main = [container('a', running)];
  const closed = podStatus(pod(spec), observed({ main }), now);
  assert.equal(condition(closed, 'Ready')?.reason, 'ReadinessGatesNotReady');
  const theirs = { type: 'example.org/on', status: 'True', lastTransitionTime: 'x' };
  const open = podStatus(pod(spec, { conditions: [theirs] }), observed({ main }), now);
  assert.equal(condition(open, 'Ready')?.status, 'True');
  assert.deepEqual(condition(open, 'example.org/on'), theirs);
});

test('a transition time changes with its status only', () => {
  const before = {
    conditions: [
      { type: 'Ready', status: 'True', lastTransitionTime: 'then' },
      { type: 'Initialized', status: 'False', lastTransitionTime: 'then' },
    ],
  };
  const status = podStatus(pod({}, before), observed({ main: [container('a', running)] }), now);
  assert.equal(condition(status, 'Ready')?.lastTransitionTime, 'then');
  assert.equal(condition(status, 'Initialized')?.lastTransitionTime, '2026-01-02T00:00:00Z');
});

test('addresses are taken back with null, which a merge patch needs', () => {
  const status = podStatus(pod(), observed({ podIPs: [], main: [container('a', waiting)] }), now);
  assert.equal(status.podIP, null);
  assert.equal(status.podIPs, null);
});
