import { readlinkSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { bootId, startTimeOf } from '../machine.ts';

/** Who makes a run: written on its namespaces, so that `netvet cleanup` knows a crashed run from one that goes on. */
export interface Runner {
  /** For people: `alice@laptop`. */
  who: string;
  /** Boot and PID namespace: where the process id means something. */
  machine: string;
  pid: number;
  /** Clock ticks since boot. */
  startTime: string;
}

const machine = (): string => `${bootId()} ${readlinkSync('/proc/self/ns/pid')}`;

/** This process. */
export const thisRunner = (): Runner => ({
  who: `${userInfo().username}@${hostname()}`,
  machine: machine(),
  pid: process.pid,
  startTime: startTimeOf('self') ?? '',
});

/** Whether it still runs; undefined where that cannot be known: on another machine, in another container. */
export const isRunning = ({ machine: where, pid, startTime }: Runner): boolean | undefined =>
  where === machine() ? startTimeOf(pid) === startTime : undefined;
