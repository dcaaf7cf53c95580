/** A Pod's status, and its way to the API. https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/ */
import { timestamp } from '../api/storage/metadata.ts';
import type { Condition, ContainerStatus, Pod } from '../kinds.ts';
import { ApiError, type Objects } from '../objects.ts';

export interface Observed {
  startTime: Date;
  hostIP: string;
  podIPs: string[];
  /** The sandbox is on the network. */
  sandboxReady: boolean;
  init: ContainerStatus[];
  main: ContainerStatus[];
  /** Names of sidecars: init containers that go on running. */
  sidecars: Set<string>;
  /** The Pod as a whole has failed: its deadline passed, it was refused. */
  failed?: { reason: string; message: string };
}

type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

const initialized = (status: ContainerStatus, sidecars: Set<string>) =>
  sidecars.has(status.name) ? status.started : status.state.terminated?.exitCode === 0;

/** Source: kubernetes pkg/kubelet/kubelet_pods.go, getPhase. */
export function phaseOf(pod: Pod, observed: Observed): Phase {
  if (observed.failed) return 'Failed';
  const restart = pod.spec.restartPolicy ?? 'Always';
  const unfinished = observed.init.filter((status) => !initialized(status, observed.sidecars));
  const hopeless = unfinished.some(
    ({ state, name }) => !observed.sidecars.has(name) && restart === 'Never' && (state.terminated?.exitCode ?? 0) !== 0,
  );
  if (hopeless) return 'Failed';
  const started = observed.main.some(
    ({ state, lastState }) => state.running || state.terminated || lastState.terminated,
  );
  if (unfinished.length > 0 && !started) return 'Pending';
  const waiting = observed.main.filter(({ state, lastState }) => state.waiting && !lastState.terminated);
  if (waiting.length > 0) return 'Pending';
  if (observed.main.some(({ state }) => state.running)) return 'Running';
  const isEnding = pod.metadata.deletionTimestamp !== undefined;
  if (restart === 'Always' && !isEnding) return 'Running';
  const codes = observed.main.map(({ state, lastState }) => (state.terminated ?? lastState.terminated)?.exitCode);
  if (codes.every((code) => code === 0)) return 'Succeeded';
  return isEnding || restart === 'Never' ? 'Failed' : 'Running';
}

/** A condition that does not hold, and why. False: it holds. */
type Problem = { reason?: string; message?: string } | false;

const condition = (type: string, problem: Problem = false): Condition => ({
  type,
  status: problem ? 'False' : 'True',
  ...problem,
});

const lacking = (reason: string, what: string, containers: ContainerStatus[]): Problem =>
  containers.length > 0 && {
    reason,
    message: `containers with ${what} status: [${containers.map(({ name }) => name).join(' ')}]`,
  };

function conditionsOf(pod: Pod, observed: Observed, phase: Phase): Condition[] {
  const { init, main, sidecars } = observed;
  const uninitialized = init.filter((status) => !initialized(status, sidecars));
  const unready = [...init.filter(({ name }) => sidecars.has(name)), ...main].filter(({ ready }) => !ready);
  const gated = (pod.spec.readinessGates ?? [])
    .filter(({ conditionType: wanted }) => !pod.status?.conditions?.some((each) => isTrue(each, wanted)))
    .map(({ conditionType }) => `corresponding condition of pod readiness gate "${conditionType}" does not exist.`);
  const done = phase === 'Succeeded' ? 'PodCompleted' : phase === 'Failed' ? 'PodFailed' : undefined;
  const notReady = done ? { reason: done } : lacking('ContainersNotReady', 'unready', unready);
  const notInitialized = lacking('ContainersNotInitialized', 'incomplete', uninitialized);
  return [
    condition('PodReadyToStartContainers', !observed.sandboxReady && {}),
    condition('Initialized', phase !== 'Succeeded' && notInitialized),
    condition(
      'Ready',
      notReady || (gated.length > 0 && { reason: 'ReadinessGatesNotReady', message: gated.join(', ') }),
    ),
    condition('ContainersReady', notReady),
    condition('PodScheduled'),
  ];
}

export const isTrue = ({ type, status }: Condition, wanted: string): boolean => type === wanted && status === 'True';

/** Conditions of others (readiness gates, disruption) stay; a time changes only with the status it belongs to. */
function merge(fresh: Condition[], old: Condition[], now: string, generation: number | undefined): Condition[] {
  const merged = fresh.map((condition) => {
    const before = old.find(({ type, status }) => type === condition.type && status === condition.status);
    return {
      lastProbeTime: null,
      lastTransitionTime: before?.lastTransitionTime ?? now,
      ...condition,
      ...(generation !== undefined && { observedGeneration: generation }),
    };
  });
  return [...merged, ...old.filter(({ type }) => !fresh.some((condition) => condition.type === type))];
}

/**
 * The status to write. The last phase waits for the end of the sandbox, which is after CNI's DEL; its conditions do
 * not. Source: kubernetes pkg/kubelet/status/status_manager.go, mergePodStatus.
 */
export function podStatus(pod: Pod, observed: Observed, now: Date) {
  const phase = phaseOf(pod, observed);
  const isLast = phase === 'Succeeded' || phase === 'Failed';
  const { generation } = pod.metadata;
  const old = pod.status?.conditions ?? [];
  const conditions = merge(conditionsOf(pod, observed, phase), old, timestamp(now.getTime()), generation);
  const [podIP] = observed.podIPs;
  return {
    phase: isLast && observed.sandboxReady ? (pod.status?.phase ?? 'Pending') : phase,
    conditions,
    ...(generation !== undefined && { observedGeneration: generation }),
    hostIP: observed.hostIP,
    hostIPs: [{ ip: observed.hostIP }],
    podIP: podIP ?? null,
    podIPs: podIP === undefined ? null : observed.podIPs.map((ip) => ({ ip })),
    startTime: timestamp(observed.startTime.getTime()),
    ...(observed.init.length > 0 && { initContainerStatuses: observed.init }),
    containerStatuses: observed.main,
    reason: observed.failed?.reason ?? null,
    message: observed.failed?.message ?? null,
  };
}

/** Writes the status of one Pod, and removes the Pod when nothing of it is left. */
export function statusManager(objects: Objects, pod: Pod, observe: () => Observed & { isEnding: boolean }) {
  const { namespace, name, uid } = pod.metadata;
  let isWriting = false;
  let told: ContainerStatus[] = [];

  /**
   * While a Pod is being ended, containers that have ended are told of as they were: their ends are written all at
   * once, when the sandbox has left the network. Source: kubernetes pkg/kubelet/kubelet.go, SyncTerminatingPod.
   */
  function tell(): Observed {
    const observed = observe();
    const before = observed.isEnding && observed.sandboxReady ? told : [];
    const asTold = (now: ContainerStatus) =>
      now.state.running ? now : (before.find(({ name }) => name === now.name) ?? now);
    const [init, main] = [observed.init.map(asTold), observed.main.map(asTold)];
    told = [...init, ...main];
    return { ...observed, init, main };
  }

  /** The API may refuse: the Pod may be gone, or its namespace on its way out. */
  function attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }

  return {
    /** Once for all changes of this turn. */
    write(): void {
      if (isWriting) return;
      isWriting = true;
      queueMicrotask(() => {
        isWriting = false;
        const current = objects.get<Pod>('Pod', namespace, name);
        if (!current || current.metadata.uid !== uid) return;
        const status = podStatus(current, tell(), new Date());
        attempt(() => objects.patch('Pod', namespace, name, { status }, 'status'));
      });
    },
    remove(): void {
      attempt(() => objects.delete('Pod', namespace, name, { gracePeriodSeconds: 0, uid: uid as string }));
    },
  };
}
