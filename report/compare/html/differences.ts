import { section, text } from '../../html/index.ts';
import { escapeHtml } from '../../safe.ts';
import type { Comparison, Difference } from '../model.ts';

/** What a reader has to know before figures are set side by side. Empty when everything was the same. */
export function differences({ differences: all }: Comparison): string {
  if (all.length === 0) return '';
  return section('differences', 'Not the same everywhere', '', `<ul class="unlike">${all.map(one).join('')}</ul>`);
}

function one({ what, sentence, values }: Difference): string {
  const each = values.map(({ column, value }) => `<div><dt>${text(column)}</dt><dd>${text(value)}</dd></div>`);
  return `<li><h3>${text(what)}</h3><p>${escapeHtml(sentence)}</p><dl>${each.join('')}</dl></li>`;
}
