/** The client in its network namespace: reads tasks (tasks.ts) from stdin, one a line, and answers each with a line. */
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { Target } from './addresses.ts';
import { touch } from './connect.ts';
import { Steady } from './steady.ts';
import { type Answers, clock, type Task } from './tasks.ts';

/** How long an attempt may take, and how long the next one waits: a packet that no rule knows is dropped in silence. */
const patienceMs = 200;
const pauseMs = 2;

/** Begins connections every few milliseconds until one is made; resolves with when. Undefined: not before `end`. */
async function firstConnected(target: Target, end: number): Promise<number | undefined> {
  const made: number[] = [];
  const attempt = async () => {
    const connection = await touch(target, patienceMs);
    if (connection !== undefined) made.push(connection.connected);
    // one that was refused at once is no reason to try again at once
    else await delay(pauseMs);
  };
  do await Promise.race([attempt(), delay(pauseMs)]);
  while (made.length === 0 && clock() < end);
  return made[0];
}

async function answers(targets: Target[], limitMs: number): Promise<Answers['answers']> {
  const end = clock() + limitMs;
  let last = 0;
  for (const target of targets) {
    const at = await firstConnected(target, end);
    if (at === undefined) return { missing: `${target.address}:${target.port}` };
    last = Math.max(last, at);
  }
  return { at: last };
}

/** With two endpoints, one that is still in use is missed by so many connections in a row once in 16 million times. */
const run = 24;

async function moved(target: Target, from: string, to: string, limitMs: number): Promise<Answers['moved']> {
  const end = clock() + limitMs;
  let first: number | undefined;
  let others = 0;
  while (clock() < end) {
    const connection = await touch(target, patienceMs);
    if (connection === undefined || connection.endpoint === from) {
      first = undefined;
      others = 0;
    } else {
      others += 1;
      if (connection.endpoint === to) first ??= connection.connected;
    }
    if (others >= run && first !== undefined) return { at: first };
    // the proxy needs the processor too
    if (first === undefined) await delay(pauseMs);
  }
  return {};
}

/** Few of them, where each waits for a second. */
const latencyLimitMs = 30_000;

async function latency(services: Target[], endpoints: Target[], count: number): Promise<Answers['latency']> {
  const result: Answers['latency'] = { service: [], direct: [], failed: 0 };
  const end = clock() + latencyLimitMs;
  for (let i = 0; i < count && clock() < end; i += 1) {
    for (const [kind, targets] of [['service', services] as const, ['direct', endpoints] as const]) {
      const connection = await touch(targets[i % targets.length] as Target, 1000);
      if (connection === undefined) result.failed += 1;
      else result[kind].push((connection.connected - connection.began) * 1000);
    }
  }
  return result;
}

const workers = 16;

async function rate(targets: Target[], ms: number): Promise<Answers['rate']> {
  const began = clock();
  let made = 0;
  let failed = 0;
  let next = 0;
  const worker = async () => {
    while (clock() - began < ms) {
      if ((await touch(targets[next++ % targets.length] as Target, 1000)) === undefined) failed += 1;
      else made += 1;
    }
  };
  await Promise.all(Array.from({ length: workers }, worker));
  return { perSecond: made / ((clock() - began) / 1000), failed };
}

let steady: Steady | undefined;

async function carryOut(task: Task): Promise<Answers[keyof Answers]> {
  if (task.task === 'answers') return answers(task.targets, task.limitMs);
  if (task.task === 'moved') return moved(task.target, task.from, task.to, task.limitMs);
  if (task.task === 'latency') return latency(task.services, task.endpoints, task.count);
  if (task.task === 'rate') return rate(task.targets, task.ms);
  if (task.task === 'steady') {
    steady = await Steady.start(task.targets);
    return { started: true };
  }
  if (steady === undefined) throw new Error('there is nothing to stop');
  return steady.stop();
}

for await (const line of createInterface({ input: process.stdin })) {
  const { id, ...task } = JSON.parse(line) as Task & { id: number };
  // not waited for: one task may go on while others come
  void carryOut(task).then((answer) => console.log(JSON.stringify({ id, answer })));
}
