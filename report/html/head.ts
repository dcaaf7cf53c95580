import { sum } from '../figures.ts';
import { count, counted, duration, headline, implementation, plural } from '../format.ts';
import { type Child, html, type Markup, raw } from '../markup.ts';
import type { Run } from '../model.ts';
import { outcome } from '../outcome.ts';
import { proportions } from '../svg/bar.ts';
import { statusGlyph } from '../svg/glyphs.ts';
import { facts, type Page, text } from './page.ts';

/** Packets between two nodes, one of them kept out. */
export const logo =
  '<path d="M4 6h9M4 12h6M4 18h9" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round"/>' +
  '<circle cx="18" cy="6" r="3" fill="currentColor"/><circle cx="18" cy="18" r="3" fill="currentColor"/>' +
  '<path d="M15.5 9.5l5 5m0-5l-5 5" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round"/>';

const clusters: Record<string, string> = { embedded: 'the embedded cluster', kind: 'a kind cluster' };

/** The head of the page: the verdict, how it is made up, and what it is about. */
export function head({ run }: Page): Child {
  const result = outcome(run);
  const counts = counted(run.summary).toReversed();
  return html`<header class="hero outcome-${result}"><div class="wrap">
    ${brand(run.startedAt)}
    <h1>${statusGlyph(result)}<span>${headline(run)}</span></h1>
    <p class="lead">${lead(run)}</p>
    ${raw(proportions(counts))}
    <ul class="counts">
    ${counts.map(([status, number]) => html`<li>${statusGlyph(status)}<b>${count(number)}</b> ${status}</li>`)}</ul>
    ${facts('facts', factsOf(run))}
    </div></header>`;
}

/** The line above the headline of every page. */
export const brand = (at: string): Markup =>
  html`<p class="brand"><svg viewBox="0 0 24 24" aria-hidden="true">${raw(logo)}</svg><b>netvet</b> Kubernetes
     network conformance <time datetime="${at}">${readable(at)}</time></p>`;

function lead(run: Run): Child {
  const cells = sum(run.scenarios.map((each) => each.cells?.length ?? 0));
  const requests = sum((run.load ?? []).flatMap(({ series }) => series.map(({ sent }) => sent)));
  const evidence = [
    ...(cells > 0 ? [`${plural(cells, 'pair')} of Pods probed with real packets`] : []),
    ...(requests > 0 ? [`${count(requests)} requests of load`] : []),
  ];
  const where = clusters[run.cluster.provider] ?? run.cluster.provider;
  const what = evidence.length > 0 ? `: ${evidence.join(', ')}` : '';
  return html`<strong>${text(implementation(run))}</strong> on ${text(where)}${what}.`;
}

/** What was under test and where. */
export const environmentOf = ({ cni, cluster }: Run): [string, string][] => [
  ['CNI', `${cni.name} ${cni.version}`],
  ...(cni.mutant === undefined ? [] : [['Deliberate fault', cni.mutant] as [string, string]]),
  ['Cluster', `${cluster.provider}, ${plural(cluster.nodes, 'node')}`],
  ['Kubernetes', cluster.kubernetes],
  ['Kernel', cluster.kernel],
];

function factsOf(run: Run): [string, Child][] {
  const { scenarios, notRun = [] } = run;
  const missing = `${count(notRun.length)} of ${plural(scenarios.length + notRun.length, 'scenario')}`;
  const all: [string, string][] = [
    ...environmentOf(run),
    ['Duration', duration(run.durationMs)],
    ...(notRun.length === 0 ? [] : [['Not run', missing] as [string, string]]),
  ];
  return all.map(([name, value]) => [name, text(value)]);
}

/** "23 November 2026, 14:15 UTC". */
export function readable(rfc3339: string): string {
  const time = new Date(rfc3339);
  if (Number.isNaN(time.getTime())) return rfc3339;
  const day = time.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
  return `${day}, ${time.toISOString().slice(11, 16)} UTC`;
}
