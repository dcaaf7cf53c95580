import { intervalOf } from '../../load/intervals.ts';
import { markdown, quantile } from '../table.ts';
import type { Cell, Limits } from './cell.ts';
import type { Proxy } from './proxies.ts';

export interface Row {
  size: number;
  proxy: Pick<Proxy, 'kind' | 'name'>;
  cell: Cell;
}

const number = (value: number) => value.toLocaleString('en');
const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
const milliseconds = (ms: number) => `${ms.toFixed(ms < 100 ? 1 : 0)} ms`;
const microseconds = (rounds: number[][]) =>
  orNothing(
    rounds.length === 0 ? undefined : rounds.flat(),
    (values) => `${quantile(values, 0.5).toFixed(0)} / ${quantile(values, 0.99).toFixed(0)} µs`,
  );

const nothing = '-';
const orNothing = <T>(value: T | undefined, text: (value: T) => string) =>
  value === undefined ? nothing : text(value);
const timesOf = (times: number[], limitMs: number, { loadMs }: Cell) => {
  if (loadMs === undefined) return nothing;
  return times.length === 0 ? `not within ${limitMs / 1000} s` : milliseconds(quantile(times, 0.5));
};

type Line = [title: string, text: (cell: Cell) => string];

const lines = ({ loadMs, changeMs }: Limits): Line[] => [
  ['all programmed', (cell) => (cell.loadMs === undefined ? `not within ${loadMs / 1000} s` : seconds(cell.loadMs))],
  ['  processor time', (cell) => orNothing(cell.loadCpuMs, seconds)],
  ['one more Service (median)', (cell) => timesOf(cell.serviceMs, changeMs, cell)],
  ['one endpoint replaced (median)', (cell) => timesOf(cell.endpointMs, changeMs, cell)],
  ['  processor time of a change (mean)', (cell) => orNothing(cell.changeCpuMs, milliseconds)],
  ['memory of the process, peak', (cell) => orNothing(cell.memoryMb, (peak) => `${peak.process.toFixed(0)} MB`)],
  ['  of commands it runs, peak', (cell) => orNothing(cell.memoryMb, (peak) => `${peak.commands.toFixed(0)} MB`)],
  ['connect, p50 / p99', (cell) => microseconds(cell.connectUs)],
  ['  past the Service, p50 / p99', (cell) => microseconds(cell.directUs)],
  ['connections per second', (cell) => orNothing(cell.perSecond, (each) => number(Math.round(each)))],
  ['restart: caught up after', (cell) => restarted(cell, loadMs)],
  ['  open connections lost', ({ losses }) => orNothing(losses, ({ open, openLost }) => `${openLost} of ${open}`)],
  ['  new connections lost', ({ losses }) => orNothing(losses, ({ fresh, freshLost }) => `${freshLost} of ${fresh}`)],
];

function restarted({ restartMs, losses }: Cell, limitMs: number): string {
  if (losses === undefined) return nothing;
  return restartMs === undefined ? `not within ${limitMs / 1000} s` : seconds(restartMs);
}

/** One table of all sizes and proxies, what has to be known about it, and how far it is from the goal. */
export function report(rows: Row[], limits: Limits): string {
  const names = [...new Set(rows.map(({ proxy }) => proxy.name))];
  const sizes = [...new Set(rows.map(({ size }) => size))];
  const cellOf = (size: number, name: string) => rows.find((row) => row.size === size && row.proxy.name === name)?.cell;
  const body = sizes.flatMap((size) =>
    lines(limits).map(([title, text], index) => [
      index === 0 ? number(size) : '',
      title,
      ...names.map((name) => orNothing(cellOf(size, name), text)),
    ]),
  );
  const table = markdown(['Services', '', ...names], body, 2);
  return [table, ...remarks(rows), ...goals(rows.filter(({ size }) => size === sizes.at(-1)))].join('\n\n');
}

function remarks(rows: Row[]): string[] {
  const all = rows.flatMap(({ size, proxy, cell }) => {
    const failed = cell.failed === 0 ? [] : [`${cell.failed} connections failed while nothing changed`];
    return [...cell.remarks, ...failed].map((text) => `- ${proxy.name}, ${number(size)} Services: ${text}`);
  });
  return all.length === 0 ? [] : [all.join('\n')];
}

/** What the reference wants to be beside each kube-proxy in nftables mode, and what it was. */
function goals(rows: Row[]): string[] {
  const own = rows.find(({ proxy }) => proxy.kind === 'reference');
  return own ? rows.filter(({ proxy }) => proxy.kind === 'nftables').map((peer) => goal(own, peer)) : [];
}

function goal({ size, cell: own }: Row, { proxy, cell: peer }: Row): string {
  const median = (times: number[]) => (times.length === 0 ? undefined : quantile(times, 0.5));
  const times = (ours: number | undefined, theirs: number | undefined) =>
    ours === undefined || theirs === undefined ? 'unknown' : `${(theirs / ours).toFixed(1)} times faster`;
  const ahead = [
    `load ${times(own.loadMs, peer.loadMs)}`,
    `one more Service ${times(median(own.serviceMs), median(peer.serviceMs))}`,
    `one endpoint replaced ${times(median(own.endpointMs), median(peer.endpointMs))}`,
  ];
  return [
    `The reference beside ${proxy.name} with ${number(size)} Services, and what it is meant to be with 10,000:`,
    `- ${ahead.join(', ')} (20 times)`,
    `- a connection is set up ${later(own.connectUs, peer.connectUs)}, past the Service ` +
      `${later(own.directUs, peer.directUs)} (no later)`,
    `- the agent takes ${orNothing(own.memoryMb, ({ process }) => `${process.toFixed(0)} MB`)} (less than 150 MB)`,
  ].join('\n');
}

/** The difference of the medians of each round: the machine changes more between rounds than proxies differ. */
function later(own: number[][], peer: number[][]): string {
  const differences = own.flatMap((values, round) => {
    const others = peer[round] ?? [];
    return values.length === 0 || others.length === 0 ? [] : [quantile(values, 0.5) - quantile(others, 0.5)];
  });
  const interval = intervalOf(differences, 0.95);
  if (interval === undefined) return 'unknown';
  const { mean, low, high, samples } = interval;
  return (
    `${mean.toFixed(1)} µs later (95 % confidence: ${low.toFixed(1)} to ${high.toFixed(1)}, ` +
    `from ${samples} rounds)`
  );
}
