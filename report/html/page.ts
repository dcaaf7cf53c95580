import { figureText } from '../format.ts';
import { type Child, html, type Markup } from '../markup.ts';
import type { Run, Scenario } from '../model.ts';

/** What every section needs to know of the page it is on. */
export interface Page {
  run: Run;
  /** The fragment that leads to a scenario, by its id. */
  anchors: ReadonlyMap<string, string>;
}

export function pageOf(run: Run): Page {
  const taken = new Set<string>();
  const anchors = new Map<string, string>();
  for (const { id } of run.scenarios) {
    if (anchors.has(id)) continue;
    const base = `scenario-${id.replaceAll(/[^\w/]+/g, '-')}`;
    let anchor = base;
    for (let i = 2; taken.has(anchor); i += 1) anchor = `${base}-${i}`;
    taken.add(anchor);
    anchors.set(id, anchor);
  }
  return { run, anchors };
}

/** Text that came from outside, kept from running into the text around it. */
export const text = (value: string): Markup => html`<bdi>${value}</bdi>`;

/** A value with its unit, which may come from outside. */
export const figure = (value: number, unit: string): Child =>
  unit === 'ms' ? figureText(value, unit) : text(figureText(value, unit));

export function link({ anchors }: Page, id: string, content: Child, title?: string): Child {
  const anchor = anchors.get(id);
  if (anchor === undefined) return content;
  return html`<a href="#${anchor}"${title && html` title="${title}"`}>${content}</a>`;
}

export function section(id: string, title: string, lead: Child, ...content: Child[]): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
    ${lead !== '' && html`<p>${lead}</p>`}${content}</section>`;
}

/** A row of a table: what it is about, then its cells. */
export const row = (head: Child, cells: readonly Child[]): Markup =>
  html`<tr><th scope="row">${head}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`;

/** A table that scrolls sideways where it has no room, by keyboard too; `name` is for screen readers. */
export function table(name: string, kind: string, heads: readonly Child[], rows: readonly Child[], caption?: Child) {
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${name}"><table class="${kind}">
    ${caption && html`<caption>${caption}</caption>`}
    <thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
    <tbody>${rows}</tbody></table></div>`;
}

/** Names with their values. */
export const facts = (kind: string, entries: readonly (readonly [name: Child, value: Child])[]): Markup =>
  html`<dl class="${kind}">${entries.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;

/** What the shapes and strokes beside it mean. */
export const legend = (items: readonly Child[]): Markup =>
  html`<ul class="legend">${items.map((item) => html`<li>${item}</li>`)}</ul>`;

/** Scenarios by feature, in the order of the run. */
export function byFeature(run: Run): { area: string; feature: string; scenarios: Scenario[] }[] {
  const groups = Map.groupBy(run.scenarios, ({ area, feature }) => `${area ?? ''}\n${feature}`);
  return [...groups.values()].map((scenarios) => {
    const [{ area = '', feature }] = scenarios as [Scenario];
    return { area, feature, scenarios };
  });
}
