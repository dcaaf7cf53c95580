/**
 * Ready, Status and Restarts of a Pod, from what its containers say.
 * https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/printers/internalversion/printers.go (printPod)
 */
import type { Value } from '../validation/problem.ts';
import { since } from './cells.ts';

const stopped = ({ reason, signal, exitCode = 0 }: Value): string =>
  reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`);

const isTrue = (conditions: Value[] | undefined, type: string): boolean =>
  (conditions ?? []).some((each) => each.type === type && each.status === 'True');

interface Progress {
  ready: number;
  restarts: number;
  /** When a container was last started anew. */
  last: string;
  reason: string;
}

function count(progress: Progress, { restartCount = 0, lastState }: Value): void {
  progress.restarts += restartCount;
  const finished: string = lastState?.terminated?.finishedAt ?? '';
  if (finished > progress.last) progress.last = finished;
}

/** Follows the init containers. Returns whether they are at work or have failed. */
function initialize({ spec, status }: Value, progress: Progress, sidecars: Progress): boolean {
  const given: Value[] = spec.initContainers ?? [];
  const restarting = new Set(given.filter(({ restartPolicy }) => restartPolicy === 'Always').map(({ name }) => name));
  for (const [index, container] of (status.initContainerStatuses ?? []).entries()) {
    const { name, state = {}, started, ready } = container;
    count(progress, container);
    if (restarting.has(name)) count(sidecars, container);
    if (state.terminated && (state.terminated.exitCode ?? 0) === 0) continue;
    if (restarting.has(name) && started) {
      if (ready) progress.ready += 1;
      continue;
    }
    const waiting = state.waiting?.reason;
    if (state.terminated) progress.reason = `Init:${stopped(state.terminated)}`;
    else if (waiting && waiting !== 'PodInitializing') progress.reason = `Init:${waiting}`;
    else progress.reason = `Init:${index}/${given.length}`;
    return true;
  }
  return false;
}

function run({ status }: Value, progress: Progress): void {
  let running = false;
  for (const container of [...(status.containerStatuses ?? [])].toReversed()) {
    const { state = {}, ready } = container;
    count(progress, container);
    if (state.waiting?.reason) progress.reason = state.waiting.reason;
    else if (state.terminated) progress.reason = stopped(state.terminated);
    else if (ready && state.running) {
      running = true;
      progress.ready += 1;
    }
  }
  if (progress.reason === 'Completed' && running)
    progress.reason = isTrue(status.conditions, 'Ready') ? 'Running' : 'NotReady';
}

export function podSummary(pod: Value) {
  const { metadata, spec = {}, status = {} } = pod;
  const total = [
    ...(spec.containers ?? []),
    ...(spec.initContainers ?? []).filter(({ restartPolicy }: Value) => restartPolicy === 'Always'),
  ].length;
  const gated = (status.conditions ?? []).some(
    ({ type, reason }: Value) => type === 'PodScheduled' && reason === 'SchedulingGated',
  );
  const reason = gated ? 'SchedulingGated' : status.reason || status.phase || '';
  let progress: Progress = { ready: 0, restarts: 0, last: '', reason };
  const sidecars: Progress = { ready: 0, restarts: 0, last: '', reason };
  const initializing = initialize({ spec, status }, progress, sidecars);
  if (!initializing || isTrue(status.conditions, 'Initialized')) {
    progress = { ...progress, restarts: sidecars.restarts, last: sidecars.last };
    run({ status }, progress);
  }
  if (metadata.deletionTimestamp !== undefined) {
    if (status.reason === 'NodeLost') progress.reason = 'Unknown';
    else if (!['Succeeded', 'Failed'].includes(status.phase)) progress.reason = 'Terminating';
  }
  const ago = progress.restarts > 0 && progress.last !== '' ? ` (${since(progress.last)} ago)` : '';
  return {
    ready: `${progress.ready}/${total}`,
    status: progress.reason,
    restarts: `${progress.restarts}${ago}`,
  };
}

/** How many of a Pod's readiness gates are open. */
export function readinessGates({ spec, status }: Value): string {
  const gates: Value[] = spec.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  const open = gates.filter(({ conditionType }) => isTrue(status?.conditions, conditionType));
  return `${open.length}/${gates.length}`;
}
