import { join, relative } from 'node:path';
import { differenceInWords } from './differences.ts';
import { slowest, spread, timings } from './figures.ts';
import { count, counted, duration, headline, implementation, percent, plural } from './format.ts';
import type { LoadSeries, Run, Scenario } from './model.ts';
import { outcome } from './outcome.ts';
import { oneLine } from './safe.ts';

const mark = { passed: '✓', failed: '✗', broken: '!' } as const;
const label = (name: string) => `  ${name.padEnd(12)}`;

/** What a run came to, for a terminal: the verdict, what needs attention, the figures, and where the report is. */
export function closingSummary(run: Run, directory: string): string {
  const bad = run.scenarios.filter(({ status }) => status === 'failed' || status === 'broken');
  const sections = [
    [
      `${mark[outcome(run)]} ${headline(run)}`,
      `  ${where(run)}`,
      ...(run.scenarios.length > 0 ? [`  ${counts(run)}`] : []),
    ],
    (run.problems ?? []).map((problem) => `! ${oneLine(problem)}`),
    bad.flatMap(trouble),
    [...skips(run), ...convergence(run), ...loads(run), `${label('report')}${shortest(join(directory, 'index.html'))}`],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n')
    .trimEnd();
}

function counts({ summary }: Run): string {
  const all = counted(summary).toReversed();
  return all.map(([status, number]) => `${count(number)} ${status}`).join(', ');
}

function where(run: Run): string {
  const { provider, kubernetes, nodes } = run.cluster;
  return oneLine(
    `${implementation(run)} on ${provider}, Kubernetes ${kubernetes}, ${plural(nodes, 'node')}, in ${duration(run.durationMs)}`,
  );
}

function trouble({ status, feature, name, reason, source }: Scenario): string[] {
  const from = source === undefined ? [] : [`    ${oneLine(source)}`];
  return [
    `${status === 'failed' ? '✗ failed' : '! broken'}  ${oneLine(`${feature}: ${name}`)}`,
    `    ${oneLine(reason ?? '')}`,
    ...from,
  ];
}

/** Skips by reason: forty scenarios that lack the same thing are one line. */
function skips(run: Run): string[] {
  const skipped = run.scenarios.filter(({ status }) => status === 'skipped');
  const reasons = Map.groupBy(skipped, ({ reason }) => reason ?? 'no reason given');
  return [...reasons].map(
    ([reason, { length }], i) => `${label(i === 0 ? 'skipped' : '')}${length} × ${oneLine(reason)}`,
  );
}

function convergence(run: Run): string[] {
  return [
    ['convergence', 'convergence'],
    ['leak window', 'leak window'],
  ].flatMap(([name, title]) => {
    const all = timings(run, name as string);
    const worst = slowest(all);
    if (worst === undefined) return [];
    const { p50, p95, max } = spread(all.map(({ ms }) => ms));
    const whose = max > 0 ? ` (${oneLine(worst.scenario)})` : '';
    return [`${label(title as string)}p50 ${duration(p50)}, p95 ${duration(p95)}, worst ${duration(max)}${whose}`];
  });
}

function loads(run: Run): string[] {
  const all = (run.load ?? []).flatMap(({ scenario, script, series, differences = [] }) => {
    const name = script ?? run.scenarios.find(({ id }) => id === scenario)?.name ?? scenario;
    const known = differences.map((each) => oneLine(`${each.of} − ${each.from}: ${differenceInWords(each)}`));
    return [oneLine(name), ...series.map((each) => `  ${path(each)}`), ...known.map((line) => `  ${line}`)];
  });
  return all.map((line, i) => `${label(i === 0 ? 'load' : '')}${line}`);
}

function path({ name, sent, lost, latency }: LoadSeries): string {
  const total = Object.values(lost).reduce((sum, number) => sum + number, 0);
  const errors = Object.entries(lost)
    .map(([error, number]) => `${count(number)} ${error}`)
    .join(', ');
  const missing = total === 0 ? 'none lost' : `${count(total)} lost (${percent(total, sent)}: ${errors})`;
  return oneLine(
    `${name}: ${count(sent)} requests, ${missing}, p50 ${duration(latency.p50)}, p95 ${duration(latency.p95)}, p99 ${duration(latency.p99)}`,
  );
}

/** The path as one would type it from here. */
function shortest(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') || short === '' ? path : short;
}
