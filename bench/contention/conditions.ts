import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a run has beside it, or how much of a processor it may use. */
export interface Condition {
  name: string;
  loops?: number;
  /** Processors. */
  quota?: number;
}

export const conditions: Condition[] = [
  { name: 'alone' },
  { name: 'loops-2', loops: 2 },
  { name: 'loops-8', loops: 8 },
  { name: 'quota-1', quota: 1 },
  { name: 'quota-0.6', quota: 0.6 },
  { name: 'quota-0.3', quota: 0.3 },
];

/** A condition as long as it is there. `before` comes before the command. */
export interface Standing extends Disposable {
  before: string[];
  /** Why it cannot be had on this machine. */
  skipped?: string;
}

/** A loop ends with whoever started it, and never runs for longer than a run may. */
const loop =
  'const end = Date.now() + 3_600_000; const parent = process.ppid; while (Date.now() < end && process.ppid === parent);';
const periodUs = 100_000;
const [v1, v2] = ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup'];

/** Brings a condition about. */
export function stand({ loops = 0, quota }: Condition): Standing {
  if (quota !== undefined) return limited(quota);
  const children: ChildProcess[] = Array.from({ length: loops }, () =>
    spawn(process.execPath, ['-e', loop], { stdio: 'ignore' }),
  );
  return {
    before: [],
    [Symbol.dispose]: () => {
      for (const child of children) child.kill('SIGKILL');
    },
  };
}

/** A group of processes with a quota of processor time, of every 100 ms, as containers have it. */
function limited(quota: number): Standing {
  const isV1 = existsSync(join(v1, 'cpu.cfs_quota_us'));
  const group = join(isV1 ? v1 : v2, `netvet-bench-${randomBytes(4).toString('hex')}`);
  const limits: Record<string, string> = isV1
    ? { 'cpu.cfs_period_us': `${periodUs}`, 'cpu.cfs_quota_us': `${quota * periodUs}` }
    : { 'cpu.max': `${quota * periodUs} ${periodUs}` };
  const remove = () => existsSync(group) && rmdirSync(group);
  try {
    if (!isV1 && !readFileSync(join(v2, 'cgroup.subtree_control'), 'utf8').includes('cpu'))
      throw new Error(`no cpu in ${v2}/cgroup.subtree_control`);
    mkdirSync(group);
    for (const [file, text] of Object.entries(limits)) writeFileSync(join(group, file), text);
  } catch (error) {
    remove();
    const skipped = `skipped: quotas need root and the kernel's cpu controller (${(error as Error).message})`;
    return { before: [], skipped, [Symbol.dispose]: () => {} };
  }
  return { before: ['sh', '-c', 'echo $$ >"$0" && exec "$@"', join(group, 'cgroup.procs')], [Symbol.dispose]: remove };
}
