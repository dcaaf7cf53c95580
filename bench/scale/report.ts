import { markdown, quantile } from '../table.ts';
import type { Cell, Delays } from './measure.ts';

const ms = (value: number) => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
const seconds = (value: number) => `${(value / 1000).toFixed(1)} s`;
const mb = (value: number) => `${value.toFixed(0)} MB`;
const both = (values: number[]) => `${ms(quantile(values, 0.5))} / ${ms(quantile(values, 1))}`;
const later = (with_: number[], without: number[]) => ms(quantile(with_, 1) - quantile(without, 1));

type Line = [title: string, text: (cell: Cell) => string];
type WithFlows = (flows: NonNullable<Cell['flows']>, without: Delays) => string;
const ifFlows = (text: WithFlows) => (cell: Cell) => (cell.flows === undefined ? '-' : text(cell.flows, cell.delays));

const lines: Line[] = [
  ['first sync (at most 20 s)', ({ syncMs }) => seconds(syncMs)],
  ['  processor time of the agent', ({ syncCpuMs }) => seconds(syncCpuMs)],
  ['memory at rest (at most 200 MB)', ({ restMb }) => mb(restMb)],
  ['  at its peak', ({ peakMb }) => mb(peakMb)],
  ['a Pod that no policy names (under 1 ms)', ({ unnamed }) => ms(unnamed.agentMs)],
  ['  commands', ({ unnamed }) => ms(unnamed.commandsMs)],
  ['a Pod that one names (under 5 ms)', ({ named }) => ms(named.agentMs)],
  ['  commands', ({ named }) => ms(named.commandsMs)],
  ['ADD, median / longest', ({ delays }) => both(delays.addMs)],
  ['change to kernel, median / longest', ({ delays }) => both(delays.changeMs)],
  ['flows', ifFlows(({ count }) => count.toLocaleString('en'))],
  ['  ADD, median / longest', ifFlows(({ addMs }) => both(addMs))],
  ['  longest ADD longer by (at most 50 ms)', ifFlows((flows, without) => later(flows.addMs, without.addMs))],
  ['  change to kernel, median / longest', ifFlows(({ changeMs }) => both(changeMs))],
  ['  longest change longer by (at most 50 ms)', ifFlows((flows, { changeMs }) => later(flows.changeMs, changeMs))],
  ['  the agent starts anew', ifFlows(({ syncMs }) => seconds(syncMs))],
];

/** One table of all sizes. Changes are in processor time of the agent, each on average. */
export function report(cells: Cell[]): string {
  const head = ['Pods', ...cells.map(({ pods }) => pods.toLocaleString('en'))];
  return markdown(
    head,
    lines.map(([title, text]) => [title, ...cells.map(text)]),
    1,
  );
}
