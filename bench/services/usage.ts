import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** USER_HZ, in which /proc counts processor time: 100 on every architecture of today. */
const hertz = 100;
const sampleMs = 20;
/** A process that used no more than this much of one second is at rest. */
const restMs = 1000;
const restTicks = 2;

/** Content of a file of /proc; '' where its process has ended. */
export function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // it ended meanwhile
    return '';
  }
}

/** Megabytes (10^6 bytes) in a line of /proc/PID/status such as VmRSS. */
const megabytes = (pid: number, field: string) =>
  (Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024) / 1e6;

/** Ids of a process's children, as this process knows them. */
export function childrenOf(pid: number): number[] {
  let threads: string[] = [];
  try {
    threads = readdirSync(`/proc/${pid}/task`);
  } catch {
    // it ended meanwhile
  }
  const text = threads.map((thread) => read(`/proc/${pid}/task/${thread}/children`)).join(' ');
  return text.split(' ').map(Number).filter(Boolean);
}

const descendantsOf = (pid: number): number[] => childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);

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
    const now = descendantsOf(this.pid).reduce((sum, child) => sum + megabytes(child, 'VmHWM'), 0);
    this.#commandsMb = Math.max(this.#commandsMb, now);
  }

  /** Processor time so far, of the process and of all commands that have ended, in milliseconds. Resolution: 10 ms. */
  cpuMs(): number {
    // from the third field on: the second one, the name, may have blanks
    const fields = read(`/proc/${this.pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return (ticks / hertz) * 1000;
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
  const all = ticks.reduce((sum, field) => sum + field, 0);
  return [all - (ticks[3] ?? 0) - (ticks[4] ?? 0), all];
}

/**
 * Waits until the machine has little else to do (the kernel still takes the last node down). Gives the share that is at
 * work in the end.
 */
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
