import { sum } from '../figures.ts';
import { count, duration, figureText } from '../format.ts';
import { isTrouble } from '../outcome.ts';
import { oneLine } from '../safe.ts';
import { headline, lead, verdict } from './headline.ts';
import { figureOf, isLone, percentiles, words } from './marks.ts';
import type { Column, Comparison, FeatureCell, FeatureRow, Figures, LoadFigures, Range, Result } from './model.ts';

const signs: Record<FeatureCell['mark'], string> = {
  passed: '✅',
  failed: '❌',
  flaky: '≈ flaky',
  broken: '⚠️ broken',
  skipped: 'skipped',
  observed: 'observed',
  'not run': 'not run',
  partial: '◐',
};

/** Text from outside as text: nothing of it is markup, a link, a mention or a cell's end. */
export function escapeMarkdown(text: string): string {
  return oneLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_{}[\]>|~#@]/g, String.raw`\$&`)
    .replaceAll('://', String.raw`\://`)
    .replaceAll(/www\./gi, (match) => `${match.slice(0, -1)}\\.`)
    .replace(/^([-+=]|\d+(?=[.)]))/, (match) => (/^\d/.test(match) ? `${match}\\` : `\\${match}`));
}
const say = escapeMarkdown;

/** A section with a table of one column for each network. Texts are escaped already. */
function table(title: string, { columns }: Comparison, rows: string[][], about: string[] = [], first = ''): string[] {
  if (rows.length === 0) return [];
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const labels = columns.map(({ label }) => say(label));
  const rule = line(['---', ...labels.map(() => '---:')]);
  return [title, '', ...about.flatMap((each) => [each, '']), line([first, ...labels]), rule, ...rows.map(line), ''];
}

/** A comparison for a pull request or a wiki: the same facts as the page. */
export function markdown(comparison: Comparison): string {
  const { columns, command } = comparison;
  const commands = [command, ...columns.flatMap(({ runs }) => runs.map((run) => run.command ?? ''))];
  const made = `${lead(comparison)} Made by netvet ${say(comparison.netvet)}, ${say(comparison.createdAt)}.`;
  const lines = [
    ...table(`# ${say(headline(comparison))}`, comparison, overview(columns), [made]),
    ...differences(comparison),
    ...table('## Features', comparison, comparison.features.map(featureRow), [], 'Feature'),
    ...failing(comparison),
    ...table('## How fast changes take effect', comparison, timings(comparison), [
      'p50 / p95 / longest (changes). A change that never took effect has no figure, nor has one during which an ' +
        'observer stood still.',
    ]),
    ...table('## The Service path under load', comparison, loads(comparison), [
      'Over several runs: median (least to most).',
    ]),
    ...table('## Other figures', comparison, figures(comparison)),
    '## To run it again',
    '',
    ...[...new Set(commands)].filter((each) => each !== '').map((each) => `- ${say(each)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function overview(columns: readonly Column[]): string[][] {
  const row = (name: string, of: (column: Column) => string) => [name, ...columns.map((each) => say(of(each)))];
  return [
    row('Outcome', verdict),
    row('Scenarios', ({ summary }) => words(summary)),
    row('CNI', ({ cni }) => `${cni.name} ${cni.version ?? ''}${cni.mutant ? ` (mutant ${cni.mutant})` : ''}`),
    row('Cluster', ({ cluster }) => (cluster ? `${cluster.provider}, ${cluster.nodes} nodes` : 'not known')),
    row('Kubernetes', ({ cluster }) => cluster?.kubernetes ?? 'not known'),
    row('Kernel', ({ cluster }) => cluster?.kernel ?? 'not known'),
    row('Runs', ({ runs }) => String(runs.length)),
  ];
}

function differences({ differences: all }: Comparison): string[] {
  if (all.length === 0) return [];
  const items = all.map(({ what, sentence, values }) => {
    const each = values.map(({ column, value }) => `${say(column)}: ${say(value)}`);
    return `- **${say(what)}.** ${say(sentence)} (${each.join('; ')})`;
  });
  return ['## Not the same everywhere', '', ...items, ''];
}

const featureRow = ({ feature, cells }: FeatureRow): string[] => [
  say(feature),
  ...cells.map(({ mark, counts }) => (isLone(mark) ? signs[mark] : `${signs[mark]} ${words(counts)}`)),
];

/** The scenarios behind the cells that are not all right. */
function failing({ features }: Comparison): string[] {
  const items = features.flatMap(({ feature, scenarios }) =>
    scenarios.flatMap(({ name, results }) =>
      results
        .filter(({ mark }) => mark !== 'not run' && isTrouble(mark))
        .map(
          ({ column, mark, reasons, runs }) =>
            `- **${say(column)}**, ${say(feature)}: ${say(name)}: ${mark}${tally(runs)}: ${say(reasons.join('; '))}`,
        ),
    ),
  );
  return items.length === 0 ? [] : ['## What failed, was flaky or broke', '', ...items, ''];
}

/** " (of 3 runs: 1 failed, 2 passed)", where runs do not agree. */
function tally(runs: Result['runs']): string {
  const counts = Object.entries(runs);
  if (counts.length <= 1) return '';
  const total = sum(Object.values(runs));
  return ` (of ${total} runs: ${counts.map(([mark, number]) => `${number} ${mark}`).join(', ')})`;
}

function timings({ timings: all }: Comparison): string[][] {
  const time = ({ p50, p95, max, count: number }: Figures) =>
    p50 === undefined || p95 === undefined || max === undefined
      ? 'none measured'
      : `${duration(p50)} / ${duration(p95)} / ${duration(max)} (${count(number)})`;
  return all.flatMap(({ name, common, missing, all: each }) => [
    [`${name}, the ${count(common.changes)} changes that all measured`, ...common.figures.map(time)],
    [`${name}, all that each measured`, ...each.map(time)],
    [`${name}, measured elsewhere and not here`, ...missing.map(({ changes }) => count(changes))],
  ]);
}

/** "3.1 ms", or "3.1 ms (2.9 ms to 4.4 ms)" over several runs. */
function spread({ min, median, max }: Range, runs: number, name: (value: number) => string): string {
  return runs === 1 || min === max ? name(median) : `${name(median)} (${name(min)} to ${name(max)})`;
}

function loads({ load, columns }: Comparison): string[][] {
  return load.flatMap(({ name, series, figures }) => {
    const row = (what: string, of: (own: LoadFigures) => string) => {
      const own = columns.map(({ label }) => figureOf(figures, label));
      return [`${say(name)}, ${say(series)}: ${what}`, ...own.map((each) => (each ? say(of(each)) : 'not run'))];
    };
    return [
      row('lost', ({ lost, sent, runs }) => `${spread(lost, runs, count)} of ${count(sent.median)}`),
      ...percentiles.map((key) => row(key, ({ latency, runs }) => spread(latency[key], runs, duration))),
    ];
  });
}

function figures({ figures: all, columns }: Comparison): string[][] {
  return all.map(({ name, measurement, unit, figures }) => [
    `${say(name)}: ${say(measurement)}`,
    ...columns.map(({ label }) => {
      const own = figureOf(figures, label);
      return own ? say(spread(own.value, own.runs, (value) => figureText(value, unit))) : 'not measured';
    }),
  ]);
}
