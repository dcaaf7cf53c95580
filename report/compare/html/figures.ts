import { count, duration, percent } from '../../format.ts';
import { figure, row, section, table, text } from '../../html/index.ts';
import { type Child, html, raw } from '../../markup.ts';
import { ranges } from '../../svg/ranges.ts';
import { figureOf, percentiles } from '../marks.ts';
import type { Comparison, LoadFigures, LoadRow, Range } from '../model.ts';

/** The median; over several runs with the least and the most under it. */
function spread({ min, median, max }: Range, runs: number, name: (value: number) => Child): Child {
  if (runs === 1 || min === max) return name(median);
  return html`${name(median)}<span class="soft small spread">${name(min)} to ${name(max)}</span>`;
}

/** Every other figure that a scenario took, e.g. throughput. Empty when there is none. */
export function figures({ columns, figures: all }: Comparison): Child {
  if (all.length === 0) return '';
  const rows = all.map(({ measurement, name, unit, figures }) =>
    row(
      html`${text(measurement)}<span class="soft small">${text(name)}</span>`,
      columns.map(({ label }) => {
        const own = figureOf(figures, label);
        return own ? spread(own.value, own.runs, (value) => figure(value, unit)) : html`<span class="soft">–</span>`;
      }),
    ),
  );
  const lead = 'Taken by the way, on a machine that ran other scenarios at the same time.';
  const heads = ['', ...columns.map(({ label }) => text(label))];
  return section('figures', 'Other figures', lead, table('Other figures', 'latency others', heads, rows));
}

/** Requests under load on each, with the spread over their runs. Empty when there was none. */
export function load({ columns, load: all }: Comparison): Child {
  if (all.length === 0) return '';
  const several = all.some(({ figures }) => figures.some(({ runs }) => runs > 1));
  const lead = several
    ? 'Requests at a constant rate while the Pods behind the Service change. Over several runs: the median, and ' +
      'below it the least to the most.'
    : 'Requests at a constant rate while the Pods behind the Service change. One run each: how much such ' +
      'figures vary by themselves is not known, so small differences mean nothing.';
  const labels = columns.map(({ label }) => label);
  const loads = all.map((each) => one(labels, each));
  return section('load', 'The Service path under load', lead, loads);
}

function one(labels: readonly string[], { name, series, figures }: LoadRow): Child {
  const lines = figures.map(({ column, latency }) => ({ name: column, ...latency.p95 }));
  const chart = ranges(`p95 of ${series}`, lines, Math.max(0.01, ...lines.map(({ max }) => max)));
  const rows = labels.map((label) => {
    const own = figureOf(figures, label);
    if (own) return row(text(label), cellsOf(own));
    return html`<tr><th scope="row">${text(label)}</th><td colspan="6" class="soft absent">not run</td></tr>`;
  });
  return html`<div class="load"><h3>${text(name)}: ${text(series)}</h3><figure>
    <figcaption>p95 <span class="soft">median as a dot, least to most as a line</span></figcaption>
    <div class="lanes"><ul aria-hidden="true">${lines.map(({ name }) => html`<li>${text(name)}</li>`)}</ul>
    ${raw(chart)}</div></figure>
    ${table(`Load: ${series}`, 'latency loads', ['', 'sent', 'lost', ...percentiles], rows)}</div>`;
}

function cellsOf({ runs, sent, lost, errors, latency }: LoadFigures): Child[] {
  const why = Object.entries(errors).map(
    ([error, number]) => html`<br><span class="soft small">${count(number)} ${text(error)}</span>`,
  );
  const share = lost.max > 0 && html` <span class="soft small">${percent(lost.median, sent.median)}</span>`;
  const times = percentiles.map((key) => spread(latency[key], runs, duration));
  return [spread(sent, runs, count), [spread(lost, runs, count), share, why], ...times];
}
