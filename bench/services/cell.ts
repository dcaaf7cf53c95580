/** One proxy with one number of Services, from an empty node to its end. */
import { createNode, type Node } from '../../clusters/embedded/node/index.ts';
import { clientAddress, endpointsOf, mostServices, serviceAddress, type Target } from './addresses.ts';
import type { Objects } from './objects.ts';
import type { Proxy, Running } from './proxies.ts';
import { clock, type Losses } from './tasks.ts';
import { quietMachine, Usage } from './usage.ts';
import type { World } from './world.ts';

/** Everything about one proxy at one size. Absent: not within the phase's limit. */
export interface Cell {
  /** Start of the process -> the last Service and a sample of the others answer. */
  loadMs?: number;
  /** Until it rests. */
  loadCpuMs?: number;
  /** The API has acknowledged it -> a new Service answers. */
  serviceMs: number[];
  /** The API has acknowledged it -> an endpoint's successor is reached, and it no more. */
  endpointMs: number[];
  /** Of one change, on average. */
  changeCpuMs?: number;
  /** At its peak over load and changes. */
  memoryMb?: { process: number; commands: number };
  /** Microseconds of connections in each round, through a Service and past it. */
  connectUs: number[][];
  directUs: number[][];
  perSecond?: number;
  /** Connections that failed though nothing changed. */
  failed: number;
  /** Start of the next process -> a Service answers that was made while there was none. */
  restartMs?: number;
  losses?: Losses;
  remarks: string[];
}

export interface Limits {
  loadMs: number;
  changeMs: number;
}

/** How much is measured of what. */
export interface Effort {
  changes: number;
  /** How often connections are made through each proxy's rules, in turns. */
  rounds: number;
  /** Whose set-up is timed, in each round. */
  connections: number;
  /** How long connections are made as fast as they can be, in each round. */
  rateMs: number;
  /** How long to wait for a machine that has little else to do. */
  quietMs: number;
}

const restMs = 20_000;

/** So many Services, evenly spread, beside the last one. */
const sampleSize = 50;

function sampleOf(size: number): number[] {
  const count = Math.min(size, sampleSize);
  return [...new Set([size - 1, ...Array.from({ length: count }, (_, i) => Math.floor((i * size) / count))])];
}

export interface Setting {
  world: World;
  objects: Objects;
  directory: string;
  limits: Limits;
  effort: Effort;
}

/** A node with the rules that its proxy has left. */
export interface Measured {
  cell: Cell;
  node: Node;
}

/** All but connections. The API has Services 0 to size - 1. `index`: of the node, which is left running. */
export async function measure(proxy: Proxy, size: number, setting: Setting, index = 0): Promise<Measured> {
  const { world, objects, directory, effort } = setting;
  const cell: Cell = { serviceMs: [], endpointMs: [], connectUs: [], directUs: [], failed: 0, remarks: [] };
  const node = await createNode(index, directory);
  try {
    await objects.ensureNode(node);
    await world.plugIn(node);
    try {
      const busy = await quietMachine(effort.quietMs);
      if (busy > 0.1) cell.remarks.push(`the machine was ${Math.round(busy * 100)} % busy before it began`);
      const began = clock();
      const running = await proxy.start(node);
      const usage = new Usage(running.pid);
      try {
        if (await load(cell, began, size, usage, running.logEnd, setting)) {
          await change(cell, size, usage, setting);
          cell.memoryMb = usage.peaksMb();
        }
      } finally {
        usage.stop();
        if (cell.loadMs === undefined) await running.stop();
      }
      if (cell.loadMs !== undefined) await restart(cell, size, running, setting, () => proxy.start(node));
    } finally {
      await world.unplug();
    }
    return { cell, node };
  } catch (error) {
    await node.stop();
    throw error;
  }
}

/** Whether it was done within the limit. */
async function load(cell: Cell, began: number, size: number, usage: Usage, logEnd: () => string, setting: Setting) {
  const { world, limits } = setting;
  const targets = sampleOf(size).map(serviceAddress);
  const { at, missing } = await world.ask({ task: 'answers', targets, limitMs: limits.loadMs });
  if (at === undefined) {
    cell.memoryMb = usage.peaksMb();
    cell.remarks.push(`${missing} did not answer; its log ends with ${JSON.stringify(logEnd())}`);
    return false;
  }
  cell.loadMs = at - began;
  if (!(await usage.atRest(restMs))) cell.remarks.push('it was not at rest after the load');
  cell.loadCpuMs = usage.cpuMs();
  return true;
}

async function change(cell: Cell, size: number, usage: Usage, setting: Setting): Promise<void> {
  const { world, objects, limits, effort } = setting;
  const before = usage.cpuMs();
  let made = 0;
  const timed = async (times: number[], watch: Promise<{ at?: number }>, write: () => Promise<void>) => {
    await write();
    const acknowledged = clock();
    const { at } = await watch;
    // it may be quicker than the answer to the request
    if (at !== undefined) times.push(Math.max(0, at - acknowledged));
    made += 1;
    // each change finds a proxy at rest: none waits for the one before it
    if (!(await usage.atRest(restMs))) cell.remarks.push('it was not at rest after a change');
  };
  for (let i = 0; i < effort.changes; i += 1) {
    const number = mostServices + i;
    const watch = world.ask({ task: 'answers', targets: [serviceAddress(number)], limitMs: limits.changeMs });
    await timed(cell.serviceMs, watch, () => objects.addService(number));
  }
  for (const number of sampleOf(size).slice(0, effort.changes)) {
    const [, { address: from }] = endpointsOf(number, 0);
    const [, { address: to }] = endpointsOf(number, 1);
    const watch = world.ask({ task: 'moved', target: serviceAddress(number), from, to, limitMs: limits.changeMs });
    await timed(cell.endpointMs, watch, () => objects.setEndpoints(number, 1));
  }
  cell.changeCpuMs = (usage.cpuMs() - before) / made;
}

/** Connections through the rules of each proxy in turns: a machine changes more in a second than they differ. */
export async function connect(all: Measured[], size: number, { world, limits, effort }: Setting): Promise<void> {
  const numbers = sampleOf(size);
  const loaded = all.filter(({ cell }) => cell.loadMs !== undefined);
  const ways = loaded.map(({ cell }, way) => {
    const from = clientAddress(way);
    const services = numbers.map((number): Target => ({ ...serviceAddress(number), from }));
    const endpoints = numbers.map((number): Target => ({ ...endpointsOf(number, 0)[0], from }));
    return { cell, services, endpoints };
  });
  await quietMachine(effort.quietMs);
  await world.plugIn(...loaded.map(({ node }) => node));
  // neighbours are found by then
  for (const { services } of ways) await world.ask({ task: 'answers', targets: services, limitMs: limits.changeMs });
  for (let round = 0; round < effort.rounds; round += 1) {
    for (const { cell, services, endpoints } of round % 2 === 0 ? ways : ways.toReversed()) {
      const made = await world.ask({ task: 'latency', services, endpoints, count: effort.connections });
      const rate = await world.ask({ task: 'rate', targets: services, ms: effort.rateMs });
      cell.connectUs.push(made.service);
      cell.directUs.push(made.direct);
      cell.perSecond = (cell.perSecond ?? 0) + rate.perSecond / effort.rounds;
      cell.failed += made.failed + rate.failed;
    }
  }
  await world.unplug();
}

/** Ends the proxy in the midst of traffic, changes something, and starts the next one. Undoes all changes. */
async function restart(
  cell: Cell,
  size: number,
  running: Running,
  { world, objects, limits, effort }: Setting,
  start: () => Promise<Running>,
): Promise<void> {
  const meanwhile = mostServices + effort.changes;
  await world.ask({ task: 'steady', targets: sampleOf(size).map(serviceAddress) });
  await running.stop();
  await objects.addService(meanwhile);
  const watch = world.ask({ task: 'answers', targets: [serviceAddress(meanwhile)], limitMs: limits.loadMs });
  const began = clock();
  const next = await start();
  const usage = new Usage(next.pid);
  const { at } = await watch;
  if (at !== undefined) cell.restartMs = at - began;
  if (!(await usage.atRest(restMs))) cell.remarks.push('it was not at rest after its restart');
  cell.losses = await world.ask({ task: 'stop' });
  usage.stop();
  await next.stop();
  for (let number = mostServices; number <= meanwhile; number += 1) await objects.removeService(number);
  for (const number of sampleOf(size).slice(0, effort.changes)) await objects.setEndpoints(number, 0);
}
