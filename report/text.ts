import { join, relative } from 'node:path';
import { budgetText } from './budget.ts';
import { disturbedIn, lostOf, slowest, spread, timings } from './figures.ts';
import {
  cores,
  count,
  counted,
  differenceInWords,
  duration,
  headline,
  implementation,
  megabytes,
  percent,
  plural,
} from './format.ts';
import { looksOf, voidText } from './looks.ts';
import type { LoadSeries, Resource, Run, Scenario, Status } from './model.ts';
import { isTrouble, outcome } from './outcome.ts';
import { oneLine } from './safe.ts';

export const mark = { passed: '✓', failed: '✗', broken: '!' } as const;
const label = (name: string) => `  ${name.padEnd(12)}`;
/** Lines under one name. */
const named = (name: string, lines: readonly string[]) => lines.map((line, i) => label(i === 0 ? name : '') + line);

/** What a run came to, for a terminal: the verdict, what needs attention, the figures, and where the report is. */
export function closingSummary(run: Run, directory: string): string {
  const bad = run.scenarios.filter(({ status }) => isTrouble(status));
  const sections = [
    [
      `${mark[outcome(run)]} ${headline(run)}`,
      `  ${where(run)}`,
      ...(run.scenarios.length > 0 ? [`  ${counts(run)}`] : []),
    ],
    (run.problems ?? []).map((problem) => `! ${oneLine(problem)}`),
    bad.flatMap(trouble),
    [
      ...skips(run),
      ...notRun(run),
      ...looks(run),
      ...convergence(run),
      ...budget(run),
      ...loads(run),
      ...resources(run),
      `${label('report')}${shortest(join(directory, 'index.html'))}`,
    ],
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
    `${implementation(run)} on ${provider}, Kubernetes ${kubernetes}, ${plural(nodes, 'node')}, in ` +
      duration(run.durationMs),
  );
}

const signs: Partial<Record<Status, string>> = { failed: '✗ failed', flaky: '≈ flaky ', broken: '! broken' };

function trouble({ status, feature, name, reason, source }: Scenario): string[] {
  const from = source === undefined ? [] : [`    ${oneLine(source)}`];
  return [`${signs[status] ?? status}  ${oneLine(`${feature}: ${name}`)}`, `    ${oneLine(reason ?? '')}`, ...from];
}

/** Skips by reason: forty scenarios that lack the same thing are one line. */
function skips(run: Run): string[] {
  const skipped = run.scenarios.filter(({ status }) => status === 'skipped');
  const reasons = Map.groupBy(skipped, ({ reason }) => reason ?? 'no reason given');
  const lines = [...reasons].map(([reason, { length }]) => `${length} × ${oneLine(reason)}`);
  return named('skipped', lines);
}

function notRun({ scenarios, notRun: others = [], tags = '' }: Run): string[] {
  if (others.length === 0) return [];
  const why = tags === '' ? '' : ` (tags ${tags})`;
  const said = `${count(others.length)} of ${plural(scenarios.length + others.length, 'scenario')}${why}`;
  return [`${label('not run')}${oneLine(said)}`];
}

function looks(run: Run): string[] {
  const said = voidText(looksOf(run));
  return named('looks', said === undefined ? [] : [oneLine(said)]);
}

function convergence(run: Run): string[] {
  return ['convergence', 'leak window'].flatMap((name) => {
    const all = timings(run, name);
    const worst = slowest(all);
    const left = disturbedIn(run, name);
    const without = left === 0 ? '' : `, ${count(left)} disturbed left out`;
    if (worst === undefined) return left === 0 ? [] : [`${label(name)}none${without}`];
    const { p50, p95, max } = spread(all.map(({ ms }) => ms));
    const whose = max > 0 ? ` (${oneLine(worst.scenario)})` : '';
    return [`${label(name)}p50 ${duration(p50)}, p95 ${duration(p95)}, worst ${duration(max)}${whose}${without}`];
  });
}

function budget({ profile, budget: lines = [] }: Run): string[] {
  if (profile === undefined || profile.limits.length === 0) return [];
  const said = lines.map((line) => `${line.kept ? 'kept' : 'EXCEEDED'}: ${budgetText(line)}`);
  const all = said.length > 0 ? said : ['nothing that it bounds was measured'];
  const shown = all.map((line) => oneLine(`${profile.name} ${line}`));
  return named('budget', shown);
}

function loads(run: Run): string[] {
  const all = (run.load ?? []).flatMap(({ scenario, script, series, differences = [], repeat }) => {
    const name = script ?? run.scenarios.find(({ id }) => id === scenario)?.name ?? scenario;
    const nth = repeat === undefined ? '' : `, repeat ${repeat}`;
    const known = differences.map((each) => oneLine(`${each.of} − ${each.from}: ${differenceInWords(each)}`));
    return [`${oneLine(name)}${nth}`, ...series.map((each) => `  ${path(each)}`), ...known.map((line) => `  ${line}`)];
  });
  return named('load', all);
}

/** Of each workload, the node that it took most of. */
function resources(run: Run): string[] {
  const byWorkload = Map.groupBy(run.resources ?? [], ({ workload }) => workload);
  const lines = [...byWorkload].map(([workload, all]) => {
    const most = (of: (resource: Resource) => number) => Math.max(...all.map(of));
    const memory = megabytes(most(({ memoryBytes }) => memoryBytes));
    const [quiet, mean] = [cores(most((each) => each.cores.least)), cores(most((each) => each.cores.mean))];
    const figures = `memory up to ${memory} on a node, CPU ${quiet} of a core when quiet, ${mean} on average`;
    return `${oneLine(workload)}: ${figures}`;
  });
  return named('resources', lines);
}

function path({ name, sent, lost, void: unknown = 0, latency }: LoadSeries): string {
  const total = lostOf({ lost });
  const errors = Object.entries(lost)
    .map(([error, number]) => `${count(number)} ${error}`)
    .join(', ');
  const missing = total === 0 ? 'none lost' : `${count(total)} lost (${percent(total, sent)}: ${errors})`;
  return oneLine(
    `${name}: ${count(sent)} requests, ${missing}${unknown === 0 ? '' : `, ${count(unknown)} void`}, p50 ` +
      `${duration(latency.p50)}, p95 ${duration(latency.p95)}, p99 ${duration(latency.p99)}`,
  );
}

/** The path as one would type it from here. */
export function shortest(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') || short === '' ? path : short;
}
