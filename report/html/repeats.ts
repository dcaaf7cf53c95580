import { count, duration } from '../format.ts';
import { type Child, html } from '../markup.ts';
import type { Distribution, Repeat, Scenario } from '../model.ts';
import { statusGlyph } from '../svg/glyphs.ts';
import { figure, row, table, text } from './page.ts';

/** How each repeat of a scenario ended, one shape each, in their order. Empty where nothing is repeated. */
export function repeatStrip(repeats: readonly Repeat[] | undefined): Child {
  if (repeats === undefined) return '';
  const shapes = repeats.map(
    ({ status }, i) => html`<span title="repeat ${i + 1}: ${status}">${statusGlyph(status)}</span>`,
  );
  const counts = [...Map.groupBy(repeats, ({ status }) => status)].map(([status, { length }]) => `${length} ${status}`);
  return html`<span class="repeats"><span class="unseen">${repeats.length} repeats: </span>
    <span aria-hidden="true">${shapes}</span><small>${counts.join(', ')}</small></span>`;
}

/** Repeats that are no pass, each with its reason; empty when all ended alike. */
export function repeatList({ repeats = [] }: Scenario): Child {
  if (new Set(repeats.map(({ status }) => status)).size <= 1) return '';
  const items = repeats.map(({ status, reason, durationMs }, i) => {
    if (status === 'passed') return '';
    const why = reason === undefined ? '' : html`: ${text(reason)}`;
    return html`<li>${statusGlyph(status)}<span><b>Repeat ${i + 1}</b> ${status} after ${duration(durationMs)}${why}
      </span></li>`;
  });
  return html`<ul class="repeat-list">${items}</ul>
    <p class="note">Steps and matrices are those of the first repeat that ended gravest.</p>`;
}

/** Every figure of a repeated scenario over all repeats. Empty when there is none. */
export function distributions(all: readonly Distribution[]): Child {
  if (all.length === 0) return '';
  const rows = all.map(({ name, unit, min, p50, p95, max, count: number }) =>
    row(text(name), [...[min, p50, p95, max].map((value) => figure(value, unit)), count(number)]),
  );
  const heads = ['', 'least', 'p50', 'p95', 'most', 'values'];
  return table('Figures over all repeats', 'latency distributions', heads, rows);
}
