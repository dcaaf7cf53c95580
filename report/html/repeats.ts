import { count, duration } from '../format.ts';
import type { Distribution, Repeat, Scenario } from '../model.ts';
import { escapeHtml } from '../safe.ts';
import { statusGlyph } from '../svg/glyphs.ts';
import { text } from './page.ts';

/**
 * How each repeat of a scenario ended, one shape each, in the order in which they ran. Empty where nothing is repeated.
 */
export function repeatStrip(repeats: readonly Repeat[] | undefined): string {
  if (repeats === undefined) return '';
  const shapes = repeats.map(
    ({ status }, i) => `<span title="${escapeHtml(`repeat ${i + 1}: ${status}`)}">${statusGlyph(status)}</span>`,
  );
  const counts = [...Map.groupBy(repeats, ({ status }) => status)].map(([status, { length }]) => `${length} ${status}`);
  return (
    `<span class="repeats"><span class="unseen">${repeats.length} repeats: </span>` +
    `<span aria-hidden="true">${shapes.join('')}</span><small>${counts.join(', ')}</small></span>`
  );
}

/** Repeats that are no pass, each with its reason; empty when all ended alike. */
export function repeatList({ repeats = [] }: Scenario): string {
  if (new Set(repeats.map(({ status }) => status)).size <= 1) return '';
  const items = repeats.flatMap(({ status, reason, durationMs }, i) =>
    status === 'passed'
      ? []
      : [
          `<li>${statusGlyph(status)}<span><b>Repeat ${i + 1}</b> ${status} after ` +
            `${duration(durationMs)}${reason === undefined ? '' : `: ${text(reason)}`}</span></li>`,
        ],
  );
  return (
    `<ul class="repeat-list">${items.join('')}</ul><p class="note">Steps and matrices are those of the first ` +
    `repeat that ended gravest.</p>`
  );
}

/** Every figure of a repeated scenario over all repeats. Empty when there is none. */
export function distributions(all: readonly Distribution[]): string {
  if (all.length === 0) return '';
  const heads = ['', 'least', 'p50', 'p95', 'most', 'values'].map((head) => `<th scope="col">${head}</th>`);
  const rows = all.map(({ name, unit, min, p50, p95, max, count: number }) => {
    const say = (value: number) => (unit === 'ms' ? duration(value) : `${count(value)} ${text(unit)}`.trim());
    const cells = [min, p50, p95, max].map((value) => `<td>${say(value)}</td>`).join('');
    return `<tr><th scope="row">${text(name)}</th>${cells}<td>${count(number)}</td></tr>`;
  });
  return (
    `<div class="scroll" role="region" tabindex="0" aria-label="Figures over all repeats">` +
    `<table class="latency distributions"><thead><tr>${heads.join('')}</tr></thead>` +
    `<tbody>${rows.join('')}</tbody></table></div>`
  );
}
