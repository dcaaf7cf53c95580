import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { childrenOf, read, treeOf } from '../processes.ts';
import { sum } from '../table.ts';

/** USER_HZ, in which /proc counts processor time: 100 on every architecture of today. */
const hertz = 100;
const sampleMs = 20;
/** A process that used no more than this much of one second is at rest. */
const restMs = 1000;
const restTicks = 2;

/** Megabytes (10^6 bytes) in a line of /proc/PID/status such as VmRSS. */
const megabytes = (pid: number, field: string) =>
  (Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024) / 1e6;

/** What a process and the commands that it runs use. */
export class Usage {
  readonly pid: number;
  readonly #timer: NodeJS.Timeout;
  #commandsMb = 0;

  constructor(pid: number) {
    this.pid = pid;
    this.#timer = setInterval(() => this.#sample(), sampleMs);
  }

  #sample(): void {
    const [, ...commands] = treeOf(this.pid);
    const now = sum(commands.map((command) => megabytes(command, 'VmHWM')));
    this.#commandsMb = Math.max(this.#commandsMb, now);
  }

  /** Processor time so far, of the process and of all commands that have ended, in milliseconds. Resolution: 10 ms. */
  cpuMs(): number {
    // from the third field on: the second one, the name, may have blanks
    const fields = read(`/proc/${this.pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
    return (sum(fields.slice(11, 15).map(Number)) / hertz) * 1000;
  }

  /** Processor time of the process alone, of all its threads, in milliseconds, to the nanosecond. */
  ownCpuMs(): number {
    const threads = readdirSync(`/proc/${this.pid}/task`).map((id) => read(`/proc/${this.pid}/task/${id}/schedstat`));
    return sum(threads.map((text) => Number(text.split(' ')[0]))) / 1e6;
  }

  /** Resident memory now. */
  residentMb(): number {
    return megabytes(this.pid, 'VmRSS');
  }

  /** Resident memory at its peak: the process's own is exact; that of its commands is sampled, all at once. */
  peaksMb(): { process: number; commands: number } {
    return { process: megabytes(this.pid, 'VmHWM'), commands: this.#commandsMb };
  }

  /** Waits until the process has rested for a second; false: not within `limitMs`. */
  async atRest(limitMs: number): Promise<boolean> {
    const end = performance.now() + limitMs;
    let since = performance.now();
    let before = this.cpuMs();
    while (performance.now() < end) {
      await delay(50);
      const now = this.cpuMs();
      if (now - before > (restTicks / hertz) * 1000 || childrenOf(this.pid).length > 0) {
        before = now;
        since = performance.now();
      }
      if (performance.now() - since >= restMs) return true;
    }
    return false;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** The machine's processor time so far: [at work, all], in ticks. */
function machine(): [number, number] {
  const ticks = read('/proc/stat').split('\n')[0]?.trim().split(/\s+/).slice(1, 9).map(Number) ?? [];
  const all = sum(ticks);
  return [all - (ticks[3] ?? 0) - (ticks[4] ?? 0), all];
}

/** Waits until the machine has little to do: the kernel takes the last node down late. Gives the share at work. */
export async function quietMachine(limitMs: number): Promise<number> {
  const end = performance.now() + limitMs;
  for (;;) {
    const [work, all] = machine();
    await delay(500);
    const [workNow, allNow] = machine();
    const share = (workNow - work) / Math.max(1, allNow - all);
    if (share < 0.1 || performance.now() > end) return share;
  }
}
