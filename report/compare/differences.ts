import { plural } from '../format.ts';
import { oneLine } from '../safe.ts';
import type { Column, Difference, RunSummary } from './model.ts';

const unknown = 'not known';

/** What is not the same in all columns and bears on the figures or the counts, each in a sentence. */
export function differencesOf(columns: readonly Column[], scenarios: number): Difference[] {
  const environments = new Set(
    columns.flatMap(({ runs }) => runs.flatMap(({ environment }) => Object.keys(environment ?? {}))),
  );
  const found = [
    ...sets(columns, scenarios),
    difference(columns, 'Cluster', 'They ran on different kinds of cluster', ({ cluster }) => [cluster?.provider]),
    difference(columns, 'Kernel', 'They ran on different kernels', ({ cluster }) => [cluster?.kernel]),
    difference(columns, 'Kubernetes', 'They ran on different versions of Kubernetes', ({ cluster }) => [
      cluster?.kubernetes,
    ]),
    difference(columns, 'Nodes', 'The clusters had different numbers of nodes', ({ cluster }) => [
      cluster && String(cluster.nodes),
    ]),
    difference(columns, 'netvet', 'Different versions of netvet ran the scenarios', (column) =>
      withResults(column).map(({ netvet }) => netvet),
    ),
    difference(columns, 'Repeats', 'They did not run each scenario equally often', (column) =>
      withResults(column).map(({ repeat = 1 }) => plural(repeat, 'time')),
    ),
    difference(columns, 'Profile', 'They ran under different profiles', (column) =>
      withResults(column).map(({ profile }) => profile),
    ),
    ...[...environments].map((key) =>
      difference(columns, key, `${oneLine(key)} is not the same everywhere`, (column) =>
        withResults(column).map(({ environment }) => environment?.[key]),
      ),
    ),
  ];
  return found.filter((each) => each !== undefined);
}

const withResults = ({ runs }: Column): RunSummary[] => runs.filter(({ id }) => id !== undefined);

/** `of`: what each run of a column has; one that broke before it could say is left out. */
function difference(
  columns: readonly Column[],
  what: string,
  sentence: string,
  of: (column: Column) => (string | undefined)[],
): Difference | undefined {
  const values = columns
    .filter((column) => withResults(column).length > 0)
    .map((column) => {
      const own = [...new Set(of(column).map((value) => oneLine(value ?? '') || unknown))];
      return { column: column.label, value: own.join('; '), several: own.length > 1 };
    });
  if (new Set(values.map(({ value }) => value)).size <= 1 && !values.some(({ several }) => several)) return undefined;
  const consequence = 'figures and outcomes may differ for that reason alone.';
  return {
    what,
    sentence: `${sentence}: ${consequence}`,
    values: values.map(({ column, value }) => ({ column, value })),
  };
}

/** Unequal scenarios, runs that broke, and unequal numbers of runs. */
function sets(columns: readonly Column[], scenarios: number): Difference[] {
  const count = ({ summary }: Column) => scenarios - summary['not run'];
  const found: Difference[] = [];
  const broken = columns.filter(({ outcome }) => outcome === 'broken');
  if (broken.length > 0) {
    found.push({
      what: 'Broken runs',
      sentence: 'A run broke: what it has no result of is shown as not run, and says nothing of the network.',
      values: broken.map((column) => ({ column: column.label, value: reasonsOf(column) })),
    });
  }
  if (columns.some((column) => count(column) !== scenarios)) {
    found.push({
      what: 'Scenarios',
      sentence: 'Not all of them ran the same scenarios: totals cannot be set side by side, rows can.',
      values: columns.map((column) => ({
        column: column.label,
        value: `${count(column)} of ${plural(scenarios, 'scenario')} run`,
      })),
    });
  }
  if (new Set(columns.map(({ runs }) => runs.length)).size > 1) {
    found.push({
      what: 'Runs',
      sentence: 'They were not run equally often: the one with more runs had more chances to fail and to be slow.',
      values: columns.map(({ label, runs }) => ({ column: label, value: plural(runs.length, 'run') })),
    });
  }
  return found;
}

function reasonsOf({ runs, summary }: Column): string {
  const problems = runs.flatMap(({ problems }) => problems);
  const scenarios = summary.broken > 0 ? [plural(summary.broken, 'scenario') + ' broken'] : [];
  return [...problems, ...scenarios].join('; ') || 'nothing was judged';
}
