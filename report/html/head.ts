import { count, counted, duration, headline, implementation, plural } from '../format.ts';
import type { Run, Status } from '../model.ts';
import { outcome } from '../outcome.ts';
import { escapeHtml } from '../safe.ts';
import { proportions } from '../svg/bar.ts';
import { statusGlyph } from '../svg/glyphs.ts';
import { type Page, text } from './page.ts';

/** Packets between two nodes, one of them kept out. */
export const logo =
  '<path d="M4 6h9M4 12h6M4 18h9" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round"/>' +
  '<circle cx="18" cy="6" r="3" fill="currentColor"/><circle cx="18" cy="18" r="3" fill="currentColor"/>' +
  '<path d="M15.5 9.5l5 5m0-5l-5 5" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round"/>';

const glyphs: Record<ReturnType<typeof outcome>, Status> = { passed: 'passed', failed: 'failed', broken: 'broken' };

const clusters: Record<string, string> = { embedded: 'the embedded cluster', kind: 'a kind cluster' };

/** The head of the page: the verdict, how it is made up, and what it is about. */
export function head({ run }: Page): string {
  const result = outcome(run);
  return `<header class="hero outcome-${result}"><div class="wrap">
${brand(run.startedAt)}
<h1>${statusGlyph(glyphs[result])}<span>${escapeHtml(headline(run))}</span></h1>
<p class="lead">${lead(run)}</p>
${proportions(counted(run.summary).toReversed())}
<ul class="counts">${counted(run.summary)
    .toReversed()
    .map(([status, number]) => `<li>${statusGlyph(status)}<b>${count(number)}</b> ${status}</li>`)
    .join('')}</ul>
<dl class="facts">${facts(run)
    .map(([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${text(value)}</dd></div>`)
    .join('')}</dl>
</div></header>`;
}

/** The line above the headline of every page. */
export const brand = (at: string): string =>
  '<p class="brand"><svg viewBox="0 0 24 24" aria-hidden="true">' +
  `${logo}</svg><b>netvet</b> Kubernetes network conformance ` +
  `<time datetime="${escapeHtml(at)}">${escapeHtml(readable(at))}</time></p>`;

function lead(run: Run): string {
  const cell = run.scenarios.reduce((sum, { cells }) => sum + (cells?.length ?? 0), 0);
  const requests = (run.load ?? []).flatMap(({ series }) => series).reduce((sum, { sent }) => sum + sent, 0);
  const evidence = [
    ...(cell > 0 ? [`${plural(cell, 'pair')} of Pods probed with real packets`] : []),
    ...(requests > 0 ? [`${count(requests)} requests of load`] : []),
  ];
  return (
    `<strong>${text(implementation(run))}</strong> on ` +
    text(clusters[run.cluster.provider] ?? run.cluster.provider) +
    `${evidence.length > 0 ? `: ${evidence.join(', ')}` : ''}.`
  );
}

function facts(run: Run): [string, string][] {
  const { cni, cluster, durationMs, scenarios, notRun = [] } = run;
  return [
    ['CNI', `${cni.name} ${cni.version}`],
    ...(cni.mutant === undefined ? [] : [['Deliberate fault', cni.mutant] as [string, string]]),
    ['Cluster', `${cluster.provider}, ${plural(cluster.nodes, 'node')}`],
    ['Kubernetes', cluster.kubernetes],
    ['Kernel', cluster.kernel],
    ['Duration', duration(durationMs)],
    ...(notRun.length === 0
      ? []
      : [
          ['Not run', `${count(notRun.length)} of ${plural(scenarios.length + notRun.length, 'scenario')}`] as [
            string,
            string,
          ],
        ]),
  ];
}

/** "23 November 2026, 14:15 UTC". */
export function readable(rfc3339: string): string {
  const time = new Date(rfc3339);
  if (Number.isNaN(time.getTime())) return rfc3339;
  const day = time.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
  return `${day}, ${time.toISOString().slice(11, 16)} UTC`;
}
