import { count, duration, percent } from '../../format.ts';
import { section, text } from '../../html/index.ts';
import { escapeHtml } from '../../safe.ts';
import { ranges } from '../../svg/ranges.ts';
import type { Comparison, LoadFigures, LoadRow } from '../model.ts';
import { rangeHtml } from '../ranges.ts';

/** Requests under load on each, with the spread over their runs. Empty when there was none. */
export function load(comparison: Comparison): string {
  if (comparison.load.length === 0) return '';
  const several = comparison.load.some(({ figures }) => figures.some(({ runs }) => runs > 1));
  const lead = several
    ? 'Requests at a constant rate while the Pods behind the Service change. Over several runs: the median, and ' +
      'below it the least to the most.'
    : 'Requests at a constant rate while the Pods behind the Service change. One run each: how much such ' +
      'figures vary by themselves is not known, so small differences mean nothing.';
  return section('load', 'The Service path under load', lead, ...comparison.load.map((row) => one(comparison, row)));
}

const keys = ['p50', 'p95', 'p99', 'max'] as const;

function one({ columns }: Comparison, { name, series, figures }: LoadRow): string {
  const lines = figures.map(({ column, latency }) => ({ name: column, ...latency.p95 }));
  const chart = ranges(`p95 of ${series}`, lines, Math.max(0.01, ...lines.map(({ max }) => max)));
  const heads = ['', 'sent', 'lost', ...keys].map((head) => `<th scope="col">${head}</th>`).join('');
  const rows = columns.map(({ label }) => {
    const own = figures.find(({ column }) => column === label);
    const cells = own ? cellsOf(own) : '<td colspan="6" class="soft absent">not run</td>';
    return `<tr><th scope="row">${text(label)}</th>${cells}</tr>`;
  });
  const legend = lines.map(({ name }) => `<li>${text(name)}</li>`).join('');
  return (
    `<div class="load"><h3>${text(name)}: ${text(series)}</h3><figure>` +
    '<figcaption>p95 <span class="soft">median as a dot, least to most as a line</span></figcaption>' +
    `<div class="lanes"><ul aria-hidden="true">${legend}</ul>${chart}</div></figure>\n` +
    `<div class="scroll" role="region" tabindex="0" aria-label="${escapeHtml(`Load: ${series}`)}">` +
    `<table class="latency loads"><thead><tr>${heads}</tr></thead><tbody>${rows.join('')}</tbody></table></div></div>`
  );
}

function cellsOf({ runs, sent, lost, errors, latency }: LoadFigures): string {
  const why = Object.entries(errors).map(
    ([error, number]) => `<br><span class="soft small">${count(number)} ${text(error)}</span>`,
  );
  const share = lost.max === 0 ? '' : ` <span class="soft small">${percent(lost.median, sent.median)}</span>`;
  const times = keys.map((key) => `<td>${rangeHtml(latency[key], runs, duration)}</td>`);
  return (
    `<td>${rangeHtml(sent, runs, count)}</td>` +
    `<td>${rangeHtml(lost, runs, count)}${share}${why.join('')}</td>${times.join('')}`
  );
}
