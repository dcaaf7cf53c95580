import { duration } from '../format.ts';
import { type Child, html } from '../markup.ts';
import { environmentOf, readable } from './head.ts';
import { type Page, section, text } from './page.ts';

/** Where it ran, and how to run it again. */
export function environment({ run }: Page): Child {
  const facts: [string, string][] = [
    ['netvet', run.netvet],
    ...environmentOf(run),
    ...Object.entries(run.environment ?? {}),
    ...(run.tags === undefined ? [] : [['Tags', run.tags || 'all'] as [string, string]]),
    ['Run', run.id],
    ['Started', readable(run.startedAt)],
    ['Duration', duration(run.durationMs)],
  ];
  const list = facts.map(([name, value]) => html`<dt>${text(name)}</dt><dd>${text(value)}</dd>`);
  return section(
    'environment',
    'Environment',
    '',
    html`<dl class="environment">${list}</dl>`,
    html`<h3 class="panel">To run it again</h3><pre class="command" tabindex="0">${run.command}</pre>`,
  );
}
