import { countsOf, differences, type Judged } from '../suite.ts';
import { markdown } from '../table.ts';
import { type Line, phases } from './account.ts';
import type { Accounted } from './once.ts';

/** All runs of one version. */
export interface Version {
  name: string;
  runs: Accounted[];
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const seconds = (ms: number) => (ms / 1000).toFixed(1);
const sum = (values: number[]) => values.reduce((all, value) => all + value, 0);
const cpuOf = ({ cpuMs }: Line) => sum(cpuMs);

/** The mean of several runs, kind by kind. */
function meanLines(runs: Accounted[]): Line[] {
  return (runs[0]?.lines ?? []).map(({ kind }, i) => {
    const same = runs.map(({ lines }) => lines[i] as Line);
    return {
      kind,
      processes: Math.round(mean(same.map(({ processes }) => processes))),
      cpuMs: phases.map((_, phase) => mean(same.map(({ cpuMs }) => cpuMs[phase] ?? 0))),
    };
  });
}

const totalOf = (lines: Line[]): Line => ({
  kind: 'all',
  processes: sum(lines.map(({ processes }) => processes)),
  cpuMs: phases.map((_, phase) => sum(lines.map(({ cpuMs }) => cpuMs[phase] ?? 0))),
});

function table({ name, runs }: Version): string {
  const lines = meanLines(runs);
  const rows = [...lines, totalOf(lines)].map((line) => [
    line.kind,
    String(line.processes),
    ...line.cpuMs.map(seconds),
    seconds(cpuOf(line)),
  ]);
  const walls = phases.map((phase, i) => `${phase} ${seconds(mean(runs.map(({ phasesMs }) => phasesMs[i] ?? 0)))}`);
  return [
    `${name}: CPU seconds`,
    markdown(['kind', 'processes', ...phases, 'all'], rows, 1),
    `wall ${seconds(mean(runs.map(({ wallMs }) => wallMs)))} s (${walls.join(', ')}), ${countsOf(statuses(runs))}`,
  ].join('\n\n');
}

const statuses = (runs: Accounted[]) => runs.flatMap(({ scenarios = [] }) => scenarios.map(({ status }) => status));

/** A table for each version; of two also the ratios, and every scenario that did not end alike. */
export function report(versions: Version[]): string {
  const [before, after] = versions;
  return [...versions.map(table), ...(before && after ? [compared(before, after)] : [])].join('\n\n');
}

function compared(before: Version, after: Version): string {
  const [old, now] = [before, after].map(({ runs }) => meanLines(runs)) as [Line[], Line[]];
  const pairs = [...old, totalOf(old)].map((line, i) => [line, [...now, totalOf(now)][i] as Line] as const);
  const ratio = (a: number, b: number) => (a === 0 ? '-' : (b / a).toFixed(2));
  const rows = pairs.map(([a, b]) => [
    a.kind,
    ...[a, b].map(({ processes }) => String(processes)),
    ...[a, b].map((line) => seconds(cpuOf(line))),
    ratio(cpuOf(a), cpuOf(b)),
  ]);
  const walls = [before, after].map(({ runs }) => mean(runs.map(({ wallMs }) => wallMs))) as [number, number];
  rows.push(['wall', '', '', ...walls.map(seconds), ratio(...walls)]);
  const head = [
    'kind',
    `processes, ${before.name}`,
    `processes, ${after.name}`,
    `CPU s, ${before.name}`,
    `CPU s, ${after.name}`,
    'ratio',
  ];
  return `${markdown(head, rows, 1)}\n\n${verdicts(before.runs, after.runs)}`;
}

function verdicts(before: Accounted[], after: Accounted[]): string {
  const of = (runs: Accounted[]): Judged[][] => runs.map(({ scenarios = [] }) => scenarios);
  const all = [...new Set(of(before).flatMap((a) => of(after).flatMap((b) => differences(a, b))))];
  return all.length === 0
    ? 'The same scenarios came to the same verdicts.'
    : `Verdicts differ:\n${all.map((one) => `- ${one}`).join('\n')}`;
}
