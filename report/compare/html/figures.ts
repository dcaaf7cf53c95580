import { count, duration } from '../../format.ts';
import { section, text } from '../../html/index.ts';
import type { Comparison, FigureRow } from '../model.ts';
import { rangeHtml } from '../ranges.ts';

/** Every other figure that a scenario took, e.g. throughput. Empty when there is none. */
export function figures({ columns, figures: all }: Comparison): string {
  if (all.length === 0) return '';
  const heads = ['', ...columns.map(({ label }) => text(label))].map((head) => `<th scope="col">${head}</th>`).join('');
  const rows = all.map(
    (row) =>
      `<tr><th scope="row">${text(row.measurement)}<span class="soft small">${text(row.name)}</span>` +
      `</th>${columns.map(({ label }) => cell(row, label)).join('')}</tr>`,
  );
  return section(
    'figures',
    'Other figures',
    'Taken by the way, on a machine that ran other scenarios at the same time.',
    `<div class="scroll" role="region" tabindex="0" aria-label="Other figures"><table class="latency others">` +
      `<thead><tr>${heads}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`,
  );
}

function cell({ unit, figures }: FigureRow, label: string): string {
  const own = figures.find(({ column }) => column === label);
  if (!own) return '<td class="soft">–</td>';
  const name = (value: number) => (unit === 'ms' ? duration(value) : count(value));
  return `<td>${rangeHtml(own.value, own.runs, name)}${unit === 'ms' || unit === '' ? '' : ` ${text(unit)}`}</td>`;
}
