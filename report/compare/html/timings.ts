import { count, duration, plural } from '../../format.ts';
import { lanes, row, section, table, text } from '../../html/index.ts';
import { type Child, html, raw } from '../../markup.ts';
import { strip } from '../../svg/strip.ts';
import type { Comparison, Figures, TimingRow } from '../model.ts';
import { glyph } from './head.ts';

/** How fast changes take effect on each. Empty when nothing was measured. */
export function timings(comparison: Comparison): Child {
  if (comparison.timings.length === 0) return '';
  const all = comparison.timings.flatMap(({ values }) => values.flatMap(({ values }) => values.map(({ ms }) => ms)));
  const lead =
    'Every dot is one change in one scenario; the band reaches from the median to the 95th percentile. The ' +
    'table counts only changes that every network measured: a change that never took effect has no figure, nor ' +
    'has one during which an observer stood still.';
  const max = Math.max(...all);
  const each = comparison.timings.map((row) => one(comparison, row, max));
  return section('timings', 'How fast changes take effect', lead, each);
}

function one(comparison: Comparison, { name, common, missing, all, values }: TimingRow, max: number): Child {
  const { title, meaning } = lanes.find((lane) => lane.name === name) ?? { title: name, meaning: '' };
  const none = html`<p class="soft small">none measured</p>`;
  const strips = values.map(({ column, values }) => {
    const chart = values.length === 0 ? none : raw(strip(`${name} on ${column}`, values, max));
    return html`<figure class="strip"><figcaption>${text(column)}</figcaption>${chart}</figure>`;
  });
  const silent = all.some(({ count: number }) => number === 0);
  const shared = `${plural(common.changes, 'change')} measured on all of them${silent ? ' that measured any' : ''}`;
  const fair =
    common.changes === 0
      ? html`<p class="soft">No change was measured on all of them, so there is no fair figure.</p>`
      : times(shared, common.figures, comparison);
  const lacking = missing
    .filter(({ changes }) => changes > 0)
    .map(
      ({ column, changes }) => html`<li>${glyph('not run')}<span>${text(column)} has no figure of
        ${plural(changes, 'change')} that another has measured: they never took effect there, were not tried, or an
        observer stood still meanwhile.</span></li>`,
    );
  const rest =
    lacking.length > 0 &&
    html`<ul class="lacking">${lacking}</ul>
      <details class="more"><summary>All changes that each measured</summary>
      ${times('Not the same changes: not to be set side by side', all, comparison)}</details>`;
  return html`<div class="versus-timing"><h3>${title}</h3><p class="soft">${meaning}</p>
    ${strips}${fair}${rest}</div>`;
}

function times(caption: string, figures: readonly Figures[], { features }: Comparison): Child {
  const names = new Map(features.flatMap(({ scenarios }) => scenarios.map(({ id, name }) => [id, name])));
  const rows = figures.map(({ column, count: number, p50, p95, max, slowest }) => {
    const longest = max === undefined ? '–' : duration(max);
    const whose = slowest === undefined || max === 0 ? '' : `longest: ${names.get(slowest) ?? slowest}`;
    return row(text(column), [
      ...[p50, p95].map((ms) => (ms === undefined ? '–' : duration(ms))),
      whose ? html`<span title="${whose}">${longest}</span>` : longest,
      count(number),
    ]);
  });
  return table(caption, 'latency', ['', 'p50', 'p95', 'longest', 'measured'], rows, caption);
}
