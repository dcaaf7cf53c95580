import { legend, section, text } from '../../html/index.ts';
import { type Child, html } from '../../markup.ts';
import { judgedOf, meanings } from '../../outcome.ts';
import { differs } from '../features.ts';
import { isLone, words } from '../marks.ts';
import type { Comparison, FeatureCell, FeatureRow, Result, ScenarioRow } from '../model.ts';
import { className, glyph } from './head.ts';

/** Features against columns. A row opens to its scenarios, with the reason of everything that is not a pass. */
export function features({ columns, features: rows, scenarios, differing }: Comparison): Child {
  if (rows.length === 0) return '';
  const lead =
    'A cell is a feature on one network: how many of its scenarios passed, of those that were judged. A row ' +
    'opens to the scenarios behind it.';
  const all = differing === 0 && columns.length > 1 ? ` All ${scenarios} scenarios end alike on all of them.` : '';
  const areas = [...Map.groupBy(rows, ({ area }) => area)].map(
    ([area, all]) => html`<div class="area"><h3>${text(area || 'Features')}</h3>${all.map(row)}</div>`,
  );
  const button = (name: string, label: string) =>
    html`<button type="button" data-filter="${name}" aria-pressed="${String(name === '')}">${label}</button>`;
  return section(
    'features',
    'Features',
    lead + all,
    html`<div class="filters" role="group" aria-label="Filter features" hidden>${button('', 'all')}
      ${button('differs', 'that differ')}${button('failing', 'with failures')}</div>
      <p id="found" class="unseen" role="status" data-of="features"></p>`,
    html`<div class="scroll" role="region" tabindex="0" aria-label="Features">
      <div class="versus columns-${Math.min(columns.length, 12)}${columns.length > 4 ? ' wide' : ''}">
      <div class="heads" aria-hidden="true"><span></span>
      ${columns.map(({ label }) => html`<span class="column">${text(label)}</span>`)}</div>${areas}
      <p class="empty" hidden>No feature matches.</p></div></div>`,
    key(rows),
  );
}

function row({ feature, differs: unlike, cells, scenarios }: FeatureRow): Child {
  const failing = cells.some((cell) => cell.failing.length > 0);
  const flags = [...(unlike ? ['differs'] : []), ...(failing ? ['failing'] : [])].join(' ');
  return html`<details class="feature-row" data-flags="${flags}">
    <summary><span class="what">${text(feature)}</span>${cells.map(tile)}</summary>
    <div class="rows">${scenarios.map(scenario)}</div></details>`;
}

function tile({ column, mark, counts }: FeatureCell): Child {
  const judged = judgedOf(counts);
  const rest = (['flaky', 'skipped', 'observed', 'not run'] as const).filter((each) => counts[each] > 0);
  const score = isLone(mark) ? mark : judged === 0 ? 'not judged' : `${counts.passed}/${judged}`;
  const more = isLone(mark) ? '' : rest.map((each) => `${counts[each]} ${each}`).join(', ');
  const said = `${column}: ${words(counts)}`;
  return html`<span class="tile is-${className(mark)}" title="${said}">
    <span aria-hidden="true">${glyph(mark)}<b>${score}</b>${more && html`<small>${more}</small>`}</span>
    <span class="unseen">${said}</span></span>`;
}

function scenario(row: ScenarioRow): Child {
  const { id, name, level, results } = row;
  const marks = results.map((result) => {
    const said = `${result.column}: ${result.mark}`;
    return html`<span class="mark"><span class="unseen">${said}</span>${glyph(result.mark)}${tally(result)}</span>`;
  });
  const reasons = results.flatMap(({ column, mark, reasons }) =>
    reasons.map((reason) => html`<li>${glyph(mark)}<span><b>${text(column)}</b> ${mark}: ${text(reason)}</span></li>`),
  );
  const small = level !== 'core' && html` <small>${level}</small>`;
  return html`<div class="versus-row${differs(row) ? ' differs' : ''}">
    <span class="what" title="${id}">${text(name)}${small}</span>${marks}
    ${reasons.length > 0 && html`<ul class="reasons">${reasons}</ul>`}</div>`;
}

/** Only where runs of one column do not agree, or one lacks the scenario. */
function tally({ runs }: Result): Child {
  const counts = Object.entries(runs);
  if (counts.length <= 1) return '';
  return html`<small>${counts.map(([mark, number]) => `${number} ${mark}`).join(', ')}</small>`;
}

const marks: Record<FeatureCell['mark'], string> = {
  ...meanings,
  passed: 'all that is judged passed',
  partial: 'what was tried passed, but not all was tried',
  'not run': 'no run of that column has it',
};

function key(rows: readonly FeatureRow[]): Child {
  const present = new Set<string>(
    rows.flatMap(({ cells, scenarios }) => [
      ...cells.map(({ mark }) => mark),
      ...scenarios.flatMap(({ results }) => results.map(({ mark }) => mark)),
    ]),
  );
  const items = Object.entries(marks).filter(([mark]) => present.has(mark));
  return legend(items.map(([mark, meaning]) => [glyph(mark as FeatureCell['mark']), `${mark}: ${meaning}`]));
}
