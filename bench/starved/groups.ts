/** Control groups that have processor time as the kubelet gives it to Pods: by their CPU requests. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { NoGroup } from '../group.ts';

const root = '/sys/fs/cgroup';
const isFirst = existsSync(`${root}/cpu/cpu.shares`);

/** As the kubelet has it (MilliCPUToShares in pkg/kubelet/cm/helpers_linux.go). */
const sharesOf = (request: number) => Math.max(2, Math.floor((request * 1024) / 1000));
/** The same in version 2 (getCPUWeight in the same place). */
const weightOf = (shares: number) => 1 + Math.floor(((shares - 2) * 9999) / 262_142);

export interface Groups {
  /** Directory of who measures: it must not be kept from it. */
  watch: string;
  agent: string;
  busy: string[];
}

/**
 * One group for what measures, one with all that a node has for Pods: in it the agent, and so many busy Pods, each with
 * its request in thousandths of a processor. Throws NoGroup.
 */
export function makeGroups(requests: { agent: number; busy: number }, count: number): Groups & Disposable {
  const made: string[] = [];
  const make = (path: string, request: number) => {
    mkdirSync(path);
    made.unshift(path);
    const shares = sharesOf(request);
    if (isFirst) writeFileSync(`${path}/cpu.shares`, String(shares));
    else writeFileSync(`${path}/cpu.weight`, String(weightOf(shares)));
    return path;
  };
  /** In version 2 a group gives its processor time to groups below it only if it says so. */
  const divide = (path: string) => {
    if (!isFirst) writeFileSync(`${path}/cgroup.subtree_control`, '+cpu');
  };
  const remove = () => made.filter((path) => existsSync(path)).forEach((path) => rmdirSync(path));
  const node = 1000 * availableParallelism();
  try {
    divide(root);
    // below the own group: who has little to say keeps to it
    const own = isFirst ? (/:cpu(?:,cpuacct)?:(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '') : '';
    const all = make(`${isFirst ? `${root}/cpu` : root}${own}/netvet-bench-${randomBytes(4).toString('hex')}`, 1000);
    divide(all);
    const watch = make(`${all}/watch`, 4 * node);
    const pods = make(`${all}/pods`, node);
    divide(pods);
    const agent = make(`${pods}/agent`, requests.agent);
    const busy = Array.from({ length: count }, (_, i) => make(`${pods}/busy-${i}`, requests.busy));
    return { watch, agent, busy, [Symbol.dispose]: remove };
  } catch (error) {
    remove();
    throw new NoGroup(`the benchmark makes control groups, with root (${(error as Error).message})`);
  }
}

/** Puts a process into a group; what it starts from then on is there too. Without one: this process. */
export function putInto(group: string, pid = 0): void {
  // a fresh /sys has no control groups: those of the machine are seen where its root is (clusters/embedded/enter.sh)
  const here = existsSync(group) ? group : `/.host${group}`;
  writeFileSync(`${here}/cgroup.procs`, String(pid));
}
