/**
 * Ready, Status and Restarts of a Pod, from what its containers say.
 * https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/printers/internalversion/printers.go (printPod)
 */
import type { Value } from '../validation/problem.ts';
import { isTrue, since } from './cells.ts';

const stopped = ({ reason, signal, exitCode = 0 }: Value): string =>
  reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`);

const hasSucceeded = ({ state }: Value): boolean => state?.terminated && (state.terminated.exitCode ?? 0) === 0;

const why = ({ state = {} }: Value): string | undefined =>
  state.waiting?.reason || (state.terminated && stopped(state.terminated));

const isRunning = (container: Value): boolean => container.ready && container.state?.running && !why(container);

function initReason({ state = {} }: Value, place: string): string {
  const waiting = state.waiting?.reason;
  if (state.terminated) return `Init:${stopped(state.terminated)}`;
  return `Init:${waiting && waiting !== 'PodInitializing' ? waiting : place}`;
}

export function podSummary({ metadata, spec = {}, status = {} }: Value) {
  const { conditions = [], initContainerStatuses: inits = [], containerStatuses: own = [] } = status;
  const given: Value[] = spec.initContainers ?? [];
  const sidecars = new Set(given.filter(({ restartPolicy }) => restartPolicy === 'Always').map(({ name }) => name));
  const serves = ({ name, started }: Value) => sidecars.has(name) && started;
  const isGated = conditions.some(({ type, reason }: Value) => type === 'PodScheduled' && reason === 'SchedulingGated');
  let reason: string = isGated ? 'SchedulingGated' : status.reason || status.phase || '';

  // init containers run one after another: up to the first that is at work or has failed
  const at = inits.findIndex((each: Value) => !hasSucceeded(each) && !serves(each));
  const begun: Value[] = at === -1 ? inits : inits.slice(0, at + 1);
  if (at !== -1) reason = initReason(inits[at], `${at}/${given.length}`);
  let counted = begun;
  let ready = begun.filter((each) => serves(each) && each.ready && !hasSucceeded(each)).length;
  if (at === -1 || isTrue(conditions, 'Initialized')) {
    counted = [...begun.filter(({ name }) => sidecars.has(name)), ...own];
    const running = own.filter(isRunning).length;
    ready += running;
    reason = own.map(why).find(Boolean) ?? reason;
    if (reason === 'Completed' && running > 0) reason = isTrue(conditions, 'Ready') ? 'Running' : 'NotReady';
  }
  if (metadata.deletionTimestamp !== undefined) {
    if (status.reason === 'NodeLost') reason = 'Unknown';
    else if (!['Succeeded', 'Failed'].includes(status.phase)) reason = 'Terminating';
  }

  const restarts = counted.reduce((total, { restartCount = 0 }) => total + restartCount, 0);
  const last = counted
    .map(({ lastState }): string => lastState?.terminated?.finishedAt ?? '')
    .toSorted()
    .at(-1);
  return {
    ready: `${ready}/${(spec.containers ?? []).length + sidecars.size}`,
    status: reason,
    restarts: `${restarts}${restarts > 0 && last ? ` (${since(last)} ago)` : ''}`,
  };
}

/** How many of a Pod's readiness gates are open. */
export function readinessGates({ spec, status }: Value): string {
  const gates: Value[] = spec.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  const open = gates.filter(({ conditionType }) => isTrue(status?.conditions, conditionType));
  return `${open.length}/${gates.length}`;
}
