import { plural } from '../format.ts';
import { oneLine } from '../safe.ts';
import type { Column, Difference, RunSummary } from './model.ts';

const unknown = 'not known';

/** What may differ: its name, the sentence, and what each run of a column has. */
type Compared = [what: string, sentence: string, of: (column: Column) => (string | undefined)[]];

const fixed: Compared[] = [
  ['Cluster', 'They ran on different kinds of cluster', ({ cluster }) => [cluster?.provider]],
  ['Kernel', 'They ran on different kernels', ({ cluster }) => [cluster?.kernel]],
  ['Kubernetes', 'They ran on different versions of Kubernetes', ({ cluster }) => [cluster?.kubernetes]],
  ['Nodes', 'The clusters had different numbers of nodes', ({ cluster }) => [cluster && String(cluster.nodes)]],
  ['netvet', 'Different versions of netvet ran the scenarios', (each) => withResults(each).map(({ netvet }) => netvet)],
  [
    'Repeats',
    'They did not run each scenario equally often',
    (column) => withResults(column).map(({ repeat = 1 }) => plural(repeat, 'time')),
  ],
  ['Profile', 'They ran under different profiles', (column) => withResults(column).map(({ profile }) => profile)],
];

/** What is not the same in all columns and bears on the figures or the counts, each in a sentence. */
export function differencesOf(columns: readonly Column[], scenarios: number): Difference[] {
  const keys = new Set(columns.flatMap(({ runs }) => runs.flatMap(({ environment = {} }) => Object.keys(environment))));
  const environment = [...keys].map((key): Compared => {
    const sentence = `${oneLine(key)} is not the same everywhere`;
    return [key, sentence, (column) => withResults(column).map(({ environment }) => environment?.[key])];
  });
  return [...sets(columns, scenarios), ...[...fixed, ...environment].flatMap((each) => difference(columns, each))];
}

const withResults = ({ runs }: Column): RunSummary[] => runs.filter(({ id }) => id !== undefined);

/** Empty where it is the same everywhere. A column whose runs broke before they could say is left out. */
function difference(columns: readonly Column[], [what, sentence, of]: Compared): Difference[] {
  const own = columns
    .filter((column) => withResults(column).length > 0)
    .map((column) => ({
      column: column.label,
      all: [...new Set(of(column).map((value) => oneLine(value ?? '') || unknown))],
    }));
  if (new Set(own.flatMap(({ all }) => all)).size <= 1) return [];
  const values = own.map(({ column, all }) => ({ column, value: all.join('; ') }));
  return [{ what, sentence: `${sentence}: figures and outcomes may differ for that reason alone.`, values }];
}

/** Unequal scenarios, runs that broke, and unequal numbers of runs. */
function sets(columns: readonly Column[], scenarios: number): Difference[] {
  const count = ({ summary }: Column) => scenarios - summary['not run'];
  const valuesOf = (all: readonly Column[], of: (column: Column) => string) =>
    all.map((column) => ({ column: column.label, value: of(column) }));
  const found: Difference[] = [];
  const broken = columns.filter(({ outcome }) => outcome === 'broken');
  if (broken.length > 0) {
    found.push({
      what: 'Broken runs',
      sentence: 'A run broke: what it has no result of is shown as not run, and says nothing of the network.',
      values: valuesOf(broken, reasonsOf),
    });
  }
  if (columns.some((column) => count(column) !== scenarios)) {
    found.push({
      what: 'Scenarios',
      sentence: 'Not all of them ran the same scenarios: totals cannot be set side by side, rows can.',
      values: valuesOf(columns, (column) => `${count(column)} of ${plural(scenarios, 'scenario')} run`),
    });
  }
  if (new Set(columns.map(({ runs }) => runs.length)).size > 1) {
    found.push({
      what: 'Runs',
      sentence: 'They were not run equally often: the one with more runs had more chances to fail and to be slow.',
      values: valuesOf(columns, ({ runs }) => plural(runs.length, 'run')),
    });
  }
  return found;
}

function reasonsOf({ runs, summary }: Column): string {
  const problems = runs.flatMap(({ problems }) => problems);
  const scenarios = summary.broken > 0 ? [plural(summary.broken, 'scenario') + ' broken'] : [];
  return [...problems, ...scenarios].join('; ') || 'nothing was judged';
}
