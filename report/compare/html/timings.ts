import { count, duration, plural } from '../../format.ts';
import { section, text } from '../../html/index.ts';
import { escapeHtml } from '../../safe.ts';
import { strip } from '../../svg/strip.ts';
import type { Comparison, Figures, TimingRow } from '../model.ts';
import { glyph } from './glyph.ts';

const meanings: Record<TimingRow['name'], string> = {
  convergence: 'From the API’s acceptance of a change to the first matrix that is all correct.',
  'leak window': 'From the acceptance to the last packet that arrived though it should not have.',
};

/** How fast changes take effect on each. Empty when nothing was measured. */
export function timings(comparison: Comparison): string {
  if (comparison.timings.length === 0) return '';
  const max = Math.max(
    ...comparison.timings.flatMap(({ values }) => values.flatMap(({ values }) => values.map(({ ms }) => ms))),
  );
  const lead =
    'Every dot is one change in one scenario; the band reaches from the median to the 95th percentile. The ' +
    'table counts only changes that every network measured: a change that never took effect has no figure, nor ' +
    'has one during which an observer stood still.';
  return section(
    'timings',
    'How fast changes take effect',
    lead,
    ...comparison.timings.map((row) => one(comparison, row, max)),
  );
}

function one(comparison: Comparison, { name, common, missing, all, values }: TimingRow, max: number): string {
  const strips = values.map(({ column, values }) => {
    const chart =
      values.length === 0
        ? '<p class="soft small">none measured</p>'
        : strip(
            `${name} on ${column}`,
            values.map(({ scenario, ms }) => ({ scenario, ms })),
            max,
          );
    return `<figure class="strip"><figcaption>${text(column)}</figcaption>${chart}</figure>`;
  });
  const head = ['', 'p50', 'p95', 'longest', 'measured'].map((cell) => `<th scope="col">${cell}</th>`).join('');
  const silent = all.some(({ count: number }) => number === 0);
  const title = `${plural(common.changes, 'change')} measured on all of them${silent ? ' that measured any' : ''}`;
  const tables =
    common.changes === 0
      ? '<p class="soft">No change was measured on all of them, so there is no fair figure.</p>'
      : table(title, head, common.figures, comparison);
  const lacking = missing
    .filter(({ changes }) => changes > 0)
    .map(
      ({ column, changes }) =>
        `<li>${glyph('not run')}<span>${text(column)} has no figure of ${plural(changes, 'change')} that ` +
        `another has measured: they never took effect there, were not tried, or an observer stood still ` +
        `meanwhile.</span></li>`,
    );
  const gaps = lacking.length === 0 ? '' : `<ul class="lacking">${lacking.join('')}</ul>`;
  const rest =
    lacking.length === 0
      ? ''
      : `<details class="more"><summary>All changes that each measured</summary>` +
        `${table('Not the same changes: not to be set side by side', head, all, comparison)}</details>`;
  return (
    `<div class="versus-timing"><h3>${escapeHtml(capital(name))}</h3>` +
    `<p class="soft">${meanings[name]}</p>${strips.join('')}${tables}${gaps}${rest}</div>`
  );
}

function table(caption: string, head: string, figures: readonly Figures[], { features }: Comparison): string {
  const names = new Map(features.flatMap(({ scenarios }) => scenarios.map(({ id, name }) => [id, name])));
  const rows = figures.map(({ column, count: number, p50, p95, max, slowest }) => {
    const times = [p50, p95, max].map((ms) => `<td>${ms === undefined ? '–' : duration(ms)}</td>`).join('');
    const whose =
      slowest === undefined || max === 0 ? '' : ` title="${escapeHtml(`longest: ${names.get(slowest) ?? slowest}`)}"`;
    return `<tr${whose}><th scope="row">${text(column)}</th>${times}<td>${count(number)}</td></tr>`;
  });
  return (
    `<div class="scroll"><table class="latency"><caption>${escapeHtml(caption)}</caption><thead>` +
    `<tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`
  );
}

const capital = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
