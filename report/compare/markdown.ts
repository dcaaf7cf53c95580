import { count, duration } from '../format.ts';
import { isTrouble } from '../outcome.ts';
import { oneLine } from '../safe.ts';
import { headline, lead, verdict } from './headline.ts';
import { words } from './marks.ts';
import type { Comparison, FeatureCell, FeatureRow, Figures } from './model.ts';
import { rangeText } from './ranges.ts';

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

/** Texts of our own and those from outside, escaped already. */
function table(head: string[], rows: string[][]): string[] {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line), ''];
}

/** A comparison for a pull request or a wiki: the same facts as the page. */
export function markdown(comparison: Comparison): string {
  const labels = comparison.columns.map(({ label }) => say(label));
  const lines = [
    `# ${say(headline(comparison))}`,
    '',
    `${lead(comparison)} Made by netvet ${say(comparison.netvet)}, ${say(comparison.createdAt)}.`,
    '',
    ...table(['', ...labels], overview(comparison)),
    ...differences(comparison),
    '## Features',
    '',
    ...table(['Feature', ...labels], comparison.features.map(featureRow)),
    ...failing(comparison),
    ...timings(comparison, labels),
    ...loads(comparison, labels),
    ...figures(comparison, labels),
    '## To run it again',
    '',
    ...[
      ...new Set([
        comparison.command,
        ...comparison.columns.flatMap(({ runs }) => runs.map(({ command }) => command ?? '')),
      ]),
    ]
      .filter((command) => command !== '')
      .map((command) => `- ${say(command)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function overview({ columns }: Comparison): string[][] {
  const row = (name: string, of: (column: Comparison['columns'][number]) => string) => [
    name,
    ...columns.map((each) => say(of(each))),
  ];
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
  ...cells.map(({ mark, counts }) =>
    ['skipped', 'observed', 'not run'].includes(mark) ? signs[mark] : `${signs[mark]} ${words(counts)}`,
  ),
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

/** " in 1 of 3 runs", where runs do not agree. */
function tally(runs: Comparison['features'][number]['scenarios'][number]['results'][number]['runs']): string {
  const counts = Object.values(runs);
  const total = counts.reduce((sum, number) => sum + number, 0);
  if (counts.length <= 1) return '';
  return ` (of ${total} runs: ${Object.entries(runs)
    .map(([mark, number]) => `${number} ${mark}`)
    .join(', ')})`;
}

function timings({ timings: all }: Comparison, labels: string[]): string[] {
  if (all.length === 0) return [];
  const time = ({ p50, p95, max, count: number }: Figures) =>
    p50 === undefined || p95 === undefined || max === undefined
      ? 'none measured'
      : `${duration(p50)} / ${duration(p95)} / ${duration(max)} (${count(number)})`;
  const rows = all.flatMap(({ name, common, missing, all: each }) => [
    [`${name}, the ${count(common.changes)} changes that all measured`, ...common.figures.map(time)],
    [`${name}, all that each measured`, ...each.map(time)],
    [`${name}, measured elsewhere and not here`, ...missing.map(({ changes }) => count(changes))],
  ]);
  return [
    '## How fast changes take effect',
    '',
    'p50 / p95 / longest (changes). A change that never took effect has no figure, nor has one during which an ' +
      'observer stood still.',
    '',
    ...table(['', ...labels], rows),
  ];
}

function loads({ load, columns }: Comparison, labels: string[]): string[] {
  if (load.length === 0) return [];
  const rows = load.flatMap(({ name, series, figures: all }) => {
    const each = (of: (figures: (typeof all)[number]) => string) =>
      columns.map(({ label }) => {
        const own = all.find(({ column }) => column === label);
        return own ? say(of(own)) : 'not run';
      });
    const title = `${say(name)}, ${say(series)}`;
    return [
      [`${title}: lost`, ...each(({ lost, sent, runs }) => `${rangeText(lost, runs, count)} of ${count(sent.median)}`)],
      ...(['p50', 'p95', 'p99', 'max'] as const).map((key) => [
        `${title}: ${key}`,
        ...each(({ latency, runs }) => rangeText(latency[key], runs, duration)),
      ]),
    ];
  });
  return [
    '## The Service path under load',
    '',
    'Over several runs: median (least to most).',
    '',
    ...table(['', ...labels], rows),
  ];
}

function figures({ figures: all, columns }: Comparison, labels: string[]): string[] {
  if (all.length === 0) return [];
  const rows = all.map(({ name, measurement, unit, figures: each }) => [
    `${say(name)}: ${say(measurement)}`,
    ...columns.map(({ label }) => {
      const own = each.find(({ column }) => column === label);
      return own
        ? say(rangeText(own.value, own.runs, (value) => (unit === 'ms' ? duration(value) : `${count(value)} ${unit}`)))
        : 'not measured';
    }),
  ]);
  return ['## Other figures', '', ...table(['', ...labels], rows)];
}
