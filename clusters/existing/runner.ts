import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';

/** Who makes a run: written on its namespaces, so that `netvet cleanup` can tell a crashed run from one that goes on. */
export interface Runner {
  /** For people: `alice@laptop`. */
  who: string;
  /** Boot and PID namespace: where the process id means something. */
  machine: string;
  pid: number;
  /** Clock ticks since boot at its start: process ids are used again, this pair is not. */
  startTime: string;
}

/** Field 22 of proc(5) stat; the name in field 2 may hold spaces and brackets, so count from behind the last one. */
function startTimeOf(pid: number | 'self'): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined; // no such process
  }
}

function machine(): string {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
}

/** This process. */
export function thisRunner(): Runner {
  return {
    who: `${userInfo().username}@${hostname()}`,
    machine: machine(),
    pid: process.pid,
    startTime: startTimeOf('self') ?? '',
  };
}

/** Whether it still runs; undefined where that cannot be known from here: on another machine, in another container. */
export function isRunning(runner: Runner): boolean | undefined {
  if (runner.machine !== machine()) return undefined;
  return startTimeOf(runner.pid) === runner.startTime;
}
