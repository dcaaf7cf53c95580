/**
 * Prints what the processors and the memory of a node are used for, as one line of JSON a while: runs in a Pod that
 * sees all processes of its node. Environment: GROUPS, the processes that are told apart, as JSON (see meter.ts).
 */
import { readdirSync, readFileSync } from 'node:fs';

export interface Group {
  name: string;
  /** Of Pods; the kernel's control groups are called after them. */
  uids: string[];
  /** What their containers run, word by word. */
  commands: string[][];
}

/** One look at a node. */
export interface Sample {
  at: number;
  /** Seconds of all processors since the node was started. */
  busy: number;
  bytes: number;
  used: Record<string, { cpu: number; bytes: number }>;
}

const groups = JSON.parse(process.env['GROUPS'] ?? '[]') as Group[];
const everyMs = 500;
const ticksPerSecond = 100;
const pageBytes = 4096;

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it has ended while we looked
  }
};

function groupOf(pid: string): Group | undefined {
  const control = read(`/proc/${pid}/cgroup`).replaceAll('_', '-');
  const command = read(`/proc/${pid}/cmdline`).split('\0').join(' ');
  return groups.find(
    ({ uids, commands }) =>
      uids.some((uid) => control.includes(uid)) || commands.some((words) => command.includes(words.join(' '))),
  );
}

/** Seconds of processors of a process and of its children that have ended, and its resident bytes. */
function usage(pid: string): { cpu: number; bytes: number } {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { cpu: ticks / ticksPerSecond || 0, bytes: Number(fields[21] ?? 0) * pageBytes };
}

function sample(): Sample {
  const processors = read('/proc/stat').split('\n')[0]?.split(/\s+/).slice(1, 9).map(Number) ?? [];
  const idle = (processors[3] ?? 0) + (processors[4] ?? 0);
  const all = processors.reduce((sum, value) => sum + value, 0);
  const memory = (name: string) => 1024 * Number(new RegExp(`${name}: +(\\d+)`).exec(read('/proc/meminfo'))?.[1] ?? 0);
  const used: Sample['used'] = {};
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const group = groupOf(pid);
    if (group === undefined) continue;
    const { cpu, bytes } = usage(pid);
    const sum = (used[group.name] ??= { cpu: 0, bytes: 0 });
    sum.cpu += cpu;
    sum.bytes += bytes;
  }
  const [busy, bytes] = [(all - idle) / ticksPerSecond, memory('MemTotal') - memory('MemAvailable')];
  return { at: Date.now(), busy, bytes, used };
}

setInterval(() => process.stdout.write(`${JSON.stringify(sample())}\n`), everyMs);
process.on('SIGTERM', () => process.exit(0));
