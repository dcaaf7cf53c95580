import type { Task } from './records.ts';
import type { Seen } from './watch.ts';

export const phases = ['bring-up', 'scenarios', 'tear-down'] as const;

/** A moment between two phases, and the processor time of every thread until then. */
export interface Border {
  atNs: number;
  times: ReadonlyMap<number, number>;
}

/** Processes of one kind: how many there were, and their processor time in milliseconds, phase by phase. */
export interface Line {
  kind: string;
  processes: number;
  cpuMs: number[];
}

const command = "netvet's command and namespaces";
const main = 'suite with the embedded cluster';
const workers = '  its worker threads';
const others = 'others';
const otherNode = 'other Node programs';

/** By command line: these are Node, and live long enough to be seen. The first that fits. */
const byArgv: [kind: string, argv: RegExp][] = [
  [main, /cli\/inside\.ts/],
  ['exec relays', /agent\.mjs channel/],
  ['probes', /\/netvet\/agent\.mjs/],
];
/** By the name of the program. */
const byName: [kind: string, name: RegExp][] = [
  ['k6', /^k6$/],
  ['conntrack', /^conntrack$/],
  ['ip', /^ip$/],
  ['nft', /^nft$/],
  ['curl', /^curl$/],
  ['plugin shells', /^netvet-cni$/],
  [otherNode, /^(node|MainThread)$/],
];
const order = [command, main, workers, 'probes', 'exec relays', ...byName.map(([kind]) => kind), others];
/** Of the suite's workers, which are threads; V8's and libuv's own have other names. */
const workerThread = /^(WorkerThread|\[worker)/;

function kindOf(leader: Task, seen: readonly Seen[]): string {
  const named = byName.find(([, name]) => name.test(leader.name))?.[0] ?? others;
  // whatever starts a Node program has its command line too
  if (named !== otherNode) return named;
  const argv = seen.findLast(({ atNs }) => atNs >= leader.beganNs && atNs <= leader.endedNs)?.argv ?? '';
  return byArgv.find(([, pattern]) => pattern.test(argv))?.[0] ?? named;
}

/** Milliseconds of a task in each phase. One that lived across a border had used what was read there, or all if it ended meanwhile. */
function split({ tid, beganNs, endedNs, cpuNs = 0 }: Task, borders: readonly Border[]): number[] {
  const until = borders.map(({ atNs, times }) => {
    if (endedNs <= atNs) return cpuNs;
    return beganNs >= atNs ? 0 : Math.min(times.get(tid) ?? cpuNs, cpuNs);
  });
  return [...until, cpuNs].map((ns, i) => (ns - (until[i - 1] ?? 0)) / 1e6);
}

/** Processor time by kind of process and phase. `above`: threads that perf is not told of, since they were there before the cluster. */
export function account(
  tasks: readonly Task[],
  above: readonly number[],
  seen: readonly Seen[],
  borders: readonly Border[],
): Line[] {
  const sight = Map.groupBy(seen, ({ pid }) => pid);
  const leaders = Map.groupBy(
    tasks.filter(({ pid, tid }) => pid === tid),
    ({ pid }) => pid,
  );
  const lines = order.map((kind): Line => ({ kind, processes: 0, cpuMs: phases.map(() => 0) }));
  const add = (kind: string, cpuMs: number[], processes: number) => {
    const line = lines.find((one) => one.kind === kind) as Line;
    line.processes += processes;
    line.cpuMs = line.cpuMs.map((ms, phase) => ms + (cpuMs[phase] ?? 0));
  };
  for (const task of tasks) {
    if (task.cpuNs === undefined) continue;
    const leader = leaders.get(task.pid)?.findLast(({ beganNs }) => beganNs <= task.beganNs) ?? task;
    const kind = kindOf(leader, sight.get(leader.pid) ?? []);
    const isWorker = kind === main && task !== leader && workerThread.test(task.name);
    add(isWorker ? workers : kind, split(task, borders), task === leader ? 1 : 0);
  }
  const untold = above.reduce((sum, tid) => sum + (borders.at(-1)?.times.get(tid) ?? 0), 0);
  add(command, [untold / 1e6], 1);
  return lines;
}
