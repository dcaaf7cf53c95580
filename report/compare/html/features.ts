import { section, text } from '../../html/index.ts';
import { escapeHtml } from '../../safe.ts';
import { differs } from '../features.ts';
import { judgedOf, words } from '../marks.ts';
import type { Comparison, FeatureCell, FeatureRow, Result, ScenarioRow } from '../model.ts';
import { className, glyph } from './glyph.ts';

/** Features against columns. A row opens to its scenarios, with the reason of everything that is not a pass. */
export function features({ columns, features: rows, scenarios, differing }: Comparison): string {
  if (rows.length === 0) return '';
  const lead =
    'A cell is a feature on one network: how many of its scenarios passed, of those that were judged. A row ' +
    'opens to the scenarios behind it.';
  const heads = columns.map(({ label }) => `<span class="column">${text(label)}</span>`).join('');
  const areas = [...Map.groupBy(rows, ({ area }) => area)].map(
    ([area, all]) => `<div class="area"><h3>${text(area || 'Features')}</h3>${all.map(row).join('')}</div>`,
  );
  const filters = `<div class="filters" role="group" aria-label="Filter features" hidden>${[
    ['', 'all'],
    ['differs', 'that differ'],
    ['failing', 'with failures'],
  ]
    .map(
      ([name, label]) => `<button type="button" data-filter="${name}" aria-pressed="${name === ''}">${label}</button>`,
    )
    .join('')}</div><p id="found" class="unseen" role="status"></p>`;
  const grid =
    `<div class="scroll" role="region" tabindex="0" aria-label="Features">` +
    `<div class="versus columns-${Math.min(columns.length, 12)}${columns.length > 4 ? ' wide' : ''}">` +
    `<div class="heads" aria-hidden="true"><span></span>${heads}</div>${areas.join('')}` +
    `<p class="empty" hidden>No feature matches.</p></div></div>`;
  const all = differing === 0 && columns.length > 1 ? ` All ${scenarios} scenarios end alike on all of them.` : '';
  return section('features', 'Features', lead + all, filters, grid, key(rows));
}

function row({ feature, differs: unlike, cells, scenarios }: FeatureRow): string {
  const failing = cells.some((cell) => cell.failing.length > 0);
  const summary = `<summary><span class="what">${text(feature)}</span>${cells.map(tile).join('')}</summary>`;
  const flags = [...(unlike ? ['differs'] : []), ...(failing ? ['failing'] : [])].join(' ');
  return (
    `<details class="feature-row" data-flags="${flags}">${summary}` +
    `<div class="rows">${scenarios.map(scenario).join('')}</div></details>`
  );
}

function tile({ column, mark, counts }: FeatureCell): string {
  const judged = judgedOf(counts);
  const rest = (['flaky', 'skipped', 'observed', 'not run'] as const).filter((each) => counts[each] > 0);
  const lone = ['skipped', 'observed', 'not run'].includes(mark);
  const score = lone ? mark : judged === 0 ? 'not judged' : `${counts.passed}/${judged}`;
  const more = lone ? '' : rest.map((each) => `${counts[each]} ${each}`).join(', ');
  const said = `${column}: ${words(counts)}`;
  return (
    `<span class="tile is-${className(mark)}" title="${escapeHtml(said)}">` +
    `<span aria-hidden="true">${glyph(mark)}<b>${score}</b>${more === '' ? '' : `<small>${more}</small>`}</span>` +
    `<span class="unseen">${escapeHtml(said)}</span></span>`
  );
}

function scenario(row: ScenarioRow): string {
  const { id, name, level, results } = row;
  const marks = results.map(
    (result) =>
      `<span class="mark">` +
      `<span class="unseen">${escapeHtml(`${result.column}: ${result.mark}`)}</span>` +
      `${glyph(result.mark)}${tally(result)}</span>`,
  );
  const reasons = results.flatMap(({ column, mark, reasons }) =>
    reasons.map((reason) => `<li>${glyph(mark)}<span><b>${text(column)}</b> ${mark}: ${text(reason)}</span></li>`),
  );
  const why = reasons.length === 0 ? '' : `<ul class="reasons">${reasons.join('')}</ul>`;
  const small = level === 'core' ? '' : ` <small>${level}</small>`;
  return (
    `<div class="versus-row${differs(row) ? ' differs' : ''}">` +
    `<span class="what" title="${escapeHtml(id)}">${text(name)}${small}</span>${marks.join('')}${why}</div>`
  );
}

/** Only where runs of one column do not agree, or one lacks the scenario. */
function tally({ runs }: Result): string {
  const counts = Object.entries(runs);
  if (counts.length <= 1) return '';
  return `<small>${counts.map(([mark, number]) => `${number} ${mark}`).join(', ')}</small>`;
}

const meanings: [FeatureCell['mark'], string][] = [
  ['passed', 'all that is judged passed'],
  ['failed', 'something it promises was not seen'],
  ['flaky', 'not the same in every repeat, which is no pass'],
  ['broken', 'probe, cluster or tool failed, which says nothing of the network'],
  ['partial', 'what was tried passed, but not all was tried'],
  ['observed', 'reported, never judged'],
  ['skipped', 'could not be tried there'],
  ['not run', 'no run of that column has it'],
];

function key(rows: readonly FeatureRow[]): string {
  const present = new Set<FeatureCell['mark']>(
    rows.flatMap(({ cells, scenarios }) => [
      ...cells.map(({ mark }) => mark),
      ...scenarios.flatMap(({ results }) => results.map(({ mark }) => mark)),
    ]),
  );
  const items = meanings.filter(([mark]) => present.has(mark));
  const all = items.map(([mark, meaning]) => `<li>${glyph(mark)}${mark}: ${meaning}</li>`);
  return `<ul class="legend">${all.join('')}</ul>`;
}
