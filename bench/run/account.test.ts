import assert from 'node:assert/strict';
import { test } from 'node:test';
import { account } from './account.ts';
import { readTasks } from './records.ts';

/** A file as perf record writes it, of records behind which stand a process id, a thread id, a time and an event's id. */
function perfFile(records: { type: number; body: Buffer; time: number }[]): Buffer {
  const header = Buffer.alloc(264);
  header.write('PERFILE2');
  header.writeBigUInt64LE(120n, 24);
  // ids of processes 2, time 4, id 64
  header.writeBigUInt64LE(BigInt(1 | 2 | 4 | 64), 120 + 24);
  const data = Buffer.concat(
    records.map(({ type, body, time }) => {
      const record = Buffer.concat([Buffer.alloc(8), body, Buffer.alloc(24)]);
      record.writeUInt32LE(type);
      record.writeUInt16LE(record.length, 6);
      record.writeBigUInt64LE(BigInt(time), record.length - 16);
      return record;
    }),
  );
  header.writeBigUInt64LE(264n, 40);
  header.writeBigUInt64LE(BigInt(data.length), 48);
  return Buffer.concat([header, data]);
}

const words = (...values: number[]) => Buffer.from(Uint32Array.from(values).buffer);
const fork = (pid: number, tid: number, time: number) => ({ type: 7, body: words(pid, 1, tid, 1, time, 0), time });
const exit = (pid: number, tid: number, time: number) => ({ type: 4, body: words(pid, 1, tid, 1, time, 0), time });
const read = (pid: number, tid: number, ns: number, time: number) => ({ type: 8, body: words(pid, tid, ns, 0), time });
const name = (pid: number, tid: number, text: string, time: number) => {
  return { type: 3, body: Buffer.concat([words(pid, tid), Buffer.from(text.padEnd(16, '\0'))]), time };
};

test('tasks are read from records in the order of their times, each with the time of all processors', () => {
  const tasks = readTasks(
    perfFile([
      read(7, 7, 300, 91),
      fork(7, 7, 10),
      name(7, 7, 'sh', 11),
      name(7, 7, 'ip', 12),
      exit(7, 7, 90),
      read(7, 7, 500, 92),
      // the same id again
      fork(7, 7, 200),
      name(7, 7, 'nft', 201),
      exit(7, 7, 210),
    ]),
  );
  assert.deepEqual(tasks, [
    { pid: 7, tid: 7, beganNs: 10, endedNs: 90, name: 'ip', cpuNs: 800 },
    { pid: 7, tid: 7, beganNs: 200, endedNs: 210, name: 'nft' },
  ]);
});

test('a file from which records are missing is no account', () => {
  assert.throws(() => readTasks(perfFile([{ type: 2, body: words(0, 0, 5, 0), time: 5 }])), /perf lost records/);
  assert.throws(() => readTasks(Buffer.alloc(300)), /no file of perf/);
});

test('time is accounted for by kind and phase, that of a task across a border in both', () => {
  const task = (pid: number, tid: number, name: string, beganNs: number, endedNs: number, ms: number) => {
    return { pid, tid, name, beganNs, endedNs, cpuNs: ms * 1e6 };
  };
  const tasks = [
    task(2, 2, 'MainThread', 5, 290, 50),
    task(2, 3, 'WorkerThread', 110, 190, 20),
    task(4, 4, 'MainThread', 50, 150, 7),
    task(5, 5, 'MainThread', 60, 70, 3),
    task(6, 6, 'netvet-cni', 120, 121, 2),
    task(8, 8, 'nsenter', 60, 70, 4),
    task(6, 6, 'ip', 130, 131, 1),
  ];
  const seen = [
    { pid: 2, atNs: 9, argv: 'node /x/cli/inside.ts {}' },
    { pid: 4, atNs: 55, argv: 'bash -c' },
    { pid: 4, atNs: 60, argv: 'node /netvet/agent.mjs' },
    // the same id, before it
    { pid: 5, atNs: 20, argv: 'node /netvet/agent.mjs' },
    { pid: 5, atNs: 65, argv: 'node /netvet/agent.mjs channel x' },
    { pid: 8, atNs: 65, argv: 'nsenter -t 5 -- node /netvet/agent.mjs channel x' },
  ];
  const borders = [
    {
      atNs: 100,
      times: new Map([
        [2, 30e6],
        [4, 5e6],
      ]),
    },
    {
      atNs: 200,
      times: new Map([
        [2, 45e6],
        [9, 17e6],
      ]),
    },
  ];
  const lines = account(tasks, [9], seen, borders).filter(({ cpuMs }) => cpuMs.some((ms) => ms > 0));
  assert.deepEqual(lines, [
    { kind: "netvet's command and namespaces", processes: 1, cpuMs: [17, 0, 0] },
    { kind: 'suite with the embedded cluster', processes: 1, cpuMs: [30, 15, 5] },
    { kind: '  its worker threads', processes: 0, cpuMs: [0, 20, 0] },
    { kind: 'probes', processes: 1, cpuMs: [5, 2, 0] },
    { kind: 'exec relays', processes: 1, cpuMs: [3, 0, 0] },
    { kind: 'ip', processes: 1, cpuMs: [0, 1, 0] },
    { kind: 'plugin shells', processes: 1, cpuMs: [0, 2, 0] },
    { kind: 'others', processes: 1, cpuMs: [4, 0, 0] },
  ]);
});
