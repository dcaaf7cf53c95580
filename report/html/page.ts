import type { Run, Scenario } from '../model.ts';
import { escapeHtml } from '../safe.ts';
import { element } from '../svg/element.ts';

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
export function text(value: string): string {
  return `<bdi>${escapeHtml(value)}</bdi>`;
}

export function link({ anchors }: Page, id: string, content: string, title?: string): string {
  const anchor = anchors.get(id);
  return anchor === undefined ? content : element('a', { href: `#${anchor}`, title }, content);
}

export function section(id: string, title: string, lead: string, ...content: string[]): string {
  const heading = `<h2 id="${id}-title">${escapeHtml(title)}</h2>`;
  return element(
    'section',
    { id, 'aria-labelledby': `${id}-title` },
    heading,
    lead === '' ? '' : `<p>${lead}</p>`,
    ...content,
  );
}

/** Scenarios by feature, in the order of the run. */
export function byFeature(run: Run): { area: string; feature: string; scenarios: Scenario[] }[] {
  const groups = Map.groupBy(run.scenarios, ({ area, feature }) => `${area ?? ''}\n${feature}`);
  return [...groups.values()].map((scenarios) => {
    const [{ area = '', feature }] = scenarios as [Scenario];
    return { area, feature, scenarios };
  });
}
