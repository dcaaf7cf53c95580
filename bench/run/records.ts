/** What perf record writes of tasks: when each began and ended, its name, and the processor time that it took. */

/** A thread; a process is the thread whose id is the process's. Times in nanoseconds of CLOCK_MONOTONIC. */
export interface Task {
  pid: number;
  tid: number;
  beganNs: number;
  endedNs: number;
  /** The last it had. */
  name: string;
  /** Nanoseconds on a processor; undefined: perf keeps those of one task to itself. */
  cpuNs?: number;
}

type Kind = 'lost' | 'comm' | 'exit' | 'fork' | 'read';
// https://man7.org/linux/man-pages/man2/perf_event_open.2.html
const kinds: Record<number, Kind> = { 2: 'lost', 3: 'comm', 4: 'exit', 7: 'fork', 8: 'read' };
const ofAll = { pid: 2, time: 4 };
/** Fields that follow the time at the end of each record: id, stream id, processor, identifier. */
const afterTime = [64, 512, 128, 65_536];
const firstRecord = 104;

/** The tasks of a perf.data file of `perf record -s`. Throws where records were lost, or the file is no such thing. */
export function readTasks(file: Buffer): Task[] {
  if (file.toString('latin1', 0, 8) !== 'PERFILE2') throw new Error('this is no file of perf record');
  const number = (at: number) => Number(file.readBigUInt64LE(at));
  const sampleType = number(number(24) + 24);
  if ((sampleType & ofAll.pid) === 0 || (sampleType & ofAll.time) === 0)
    throw new Error('perf wrote records without ids or times');
  const timeFromEnd = 8 + 8 * afterTime.filter((bit) => (sampleType & bit) !== 0).length;

  const records: { kind: Kind; time: number; at: number }[] = [];
  const end = number(40) + number(48);
  for (let at = Math.max(number(40), firstRecord); at < end; ) {
    const size = file.readUInt16LE(at + 6);
    const kind = kinds[file.readUInt32LE(at)];
    if (kind === 'lost') throw new Error('perf lost records: the machine was too busy to write them');
    if (kind !== undefined) records.push({ kind, time: number(at + size - timeFromEnd), at: at + 8 });
    at += size;
  }
  // each processor has a buffer of its own
  records.sort((a, b) => a.time - b.time);

  const tasks: Task[] = [];
  const latest = new Map<number, Task>();
  const begin = (pid: number, tid: number, time: number, name: string): Task => {
    const task = { pid, tid, beganNs: time, endedNs: Number.POSITIVE_INFINITY, name };
    tasks.push(task);
    latest.set(tid, task);
    return task;
  };
  for (const { kind, time, at } of records) {
    const [first, second, third] = [0, 4, 8].map((offset) => file.readUInt32LE(at + offset)) as [
      number,
      number,
      number,
    ];
    if (kind === 'fork') begin(first, third, time, latest.get(file.readUInt32LE(at + 12))?.name ?? '');
    else if (kind === 'exit') {
      const task = latest.get(third);
      if (task) task.endedNs = time;
    } else {
      const task = latest.get(second) ?? begin(first, second, time, '');
      if (kind === 'comm') task.name = file.toString('utf8', at + 8, file.indexOf(0, at + 8));
      // one for each processor
      else task.cpuNs = (task.cpuNs ?? 0) + number(at + 8);
    }
  }
  return tasks;
}
