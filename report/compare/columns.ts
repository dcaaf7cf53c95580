import { budgetText } from '../budget.ts';
import { outcome, overBudget } from '../outcome.ts';
import { oneLine } from '../safe.ts';
import type { Column, Entry, RunSummary } from './model.ts';

/** A column that is being made: its entries beside what is known of all of them. */
export interface Group {
  cni: Column['cni'];
  cluster?: Column['cluster'];
  entries: Entry[];
}

/** Runs of the same CNI, version and fault on the same kind of cluster, kernel and Kubernetes are one column. */
export function groups(entries: readonly Entry[]): Group[] {
  const found = new Map<string, Group>();
  for (const entry of entries) {
    if (!('run' in entry)) continue;
    const { cni, cluster } = entry.run;
    const key = JSON.stringify([cni.name, cni.version, cni.mutant, cluster]);
    const group = found.get(key) ?? { cni, cluster, entries: [] };
    group.entries.push(entry);
    found.set(key, group);
  }
  // a run that broke too early to say more than its CNI's name belongs to the others of that name, when there is no
  // doubt
  const all = [...found.values()];
  for (const entry of entries) {
    if ('run' in entry) continue;
    const alike = all.filter(({ cni }) => cni.name === entry.cni);
    if (alike.length === 1) alike[0]?.entries.push(entry);
    else all.push({ cni: { name: entry.cni, ...(entry.version && { version: entry.version }) }, entries: [entry] });
  }
  const first = (group: Group) => Math.min(...group.entries.map((entry) => entries.indexOf(entry)));
  return all.toSorted((a, b) => first(a) - first(b));
}

/** As short as tells them apart: name, then version, fault, provider, Kubernetes, nodes, kernel. */
export function labels(all: readonly Group[]): string[] {
  const parts = all.map(({ cni, cluster }) => [
    cni.name,
    cni.version,
    cni.mutant && `with ${cni.mutant}`,
    cluster && `on ${cluster.provider}`,
    cluster?.kubernetes,
    cluster && `${cluster.nodes} nodes`,
    cluster?.kernel,
  ]);
  const named = parts.map(([name]) => oneLine(name ?? '') || 'unnamed');
  const taken = new Set<string>();
  return parts.map(([, ...more], i) => {
    const alike = parts.filter((_, j) => j !== i && named[j] === named[i]);
    const telling = more.filter((part, k) => part && alike.some((other) => other[k + 1] !== part));
    const base = [named[i], ...telling.map((part) => oneLine(String(part)))].join(' ');
    let label = base;
    for (let n = 2; taken.has(label); n += 1) label = `${base} (${n})`;
    taken.add(label);
    return label;
  });
}

export function summaryOf(entry: Entry): RunSummary {
  if (!('run' in entry))
    return { source: entry.source, outcome: 'broken', problems: [oneLine(entry.broken)], scenarios: 0 };
  const { run, source, href } = entry;
  const { id, startedAt, durationMs, command, netvet, environment = {}, repeat, profile, scenarios } = run;
  const problems = [
    ...(run.interrupted ? ['it was interrupted: scenarios are missing'] : []),
    ...(run.problems ?? []),
    ...overBudget(run).map((line) => `over budget: ${budgetText(line)}`),
  ].map(oneLine);
  const known = { source, ...(href !== undefined && { href }), outcome: outcome(run), problems };
  const more = { ...(repeat !== undefined && { repeat }), ...(profile && { profile: profile.name }) };
  const facts = { id, startedAt, durationMs, command, netvet, environment };
  return { ...known, ...facts, ...more, scenarios: scenarios.length };
}

/** Of several runs the gravest counts. */
export function worstOutcome(runs: readonly RunSummary[]): Column['outcome'] {
  return (
    (['broken', 'failed', 'passed'] as const).find((each) => runs.some(({ outcome }) => outcome === each)) ?? 'broken'
  );
}
