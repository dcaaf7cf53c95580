import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';

const root = '/sys/fs/cgroup';
/** Where version 2 is, of which every group counts processor time. */
const counting = existsSync(`${root}/unified`) ? `${root}/unified` : root;
const limiting = existsSync(`${root}/cpu`) ? `${root}/cpu` : counting;
const places = new Set([counting, limiting, `${root}/perf_event`].filter(existsSync));
const periodUs = 100_000;

/** There can be no such group on this machine. */
export class NoGroup extends Error {}

/** A group of processes, as the kernel accounts for them: exactly, also for those that have ended. */
export type Group = NonNullable<ReturnType<typeof makeGroup>>;

/** A group with so many processors of every 100 ms. It cannot be made: undefined, or NoGroup if `needed`. */
export function makeGroup(quota: number | undefined, needed: boolean) {
  const name = `netvet-bench-${randomBytes(4).toString('hex')}`;
  const groups = [...places].map((place) => `${place}/${name}`);
  const stat = () => readFileSync(`${counting}/${name}/cpu.stat`, 'utf8');
  const remove = () => groups.filter(existsSync).forEach((group) => rmdirSync(group));
  try {
    for (const group of groups) mkdirSync(group);
    stat();
    const [file, rest] = limiting === counting ? ['cpu.max', ` ${periodUs}`] : ['cpu.cfs_quota_us', ''];
    if (quota !== undefined) writeFileSync(`${limiting}/${name}/${file}`, `${quota * periodUs}${rest}`);
  } catch (error) {
    remove();
    if (needed) throw new NoGroup(`groups of processes need root and cgroup v2 (${(error as Error).message})`);
    return undefined;
  }
  const join = groups.map((group) => `echo $$ >${group}/cgroup.procs && `).join('');
  return {
    name,
    /** Comes before a command that is to run in it. */
    before: ['sh', '-c', `${join}exec "$@"`, 'sh'],
    cpuMs: () => Number(/usage_usec (\d+)/.exec(stat())?.[1]) / 1000,
    [Symbol.dispose]: remove,
  };
}
