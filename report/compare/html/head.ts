import { count, duration, percent } from '../../format.ts';
import { brand, text } from '../../html/index.ts';
import { escapeHtml } from '../../safe.ts';
import { proportions } from '../../svg/bar.ts';
import { headline, lead, verdict } from '../headline.ts';
import type { Column, Comparison, Mark } from '../model.ts';
import { className, glyph } from './glyph.ts';

const order: Mark[] = ['passed', 'observed', 'skipped', 'not run', 'flaky', 'failed', 'broken'];

/** What is compared, and what each came to. */
export function head(comparison: Comparison): string {
  const broke = comparison.columns.some(({ outcome }) => outcome === 'broken');
  return `<header class="hero outcome-${broke ? 'broken' : 'compared'}"><div class="wrap">
${brand(comparison.createdAt)}
<h1><span>${escapeHtml(headline(comparison))}</span></h1>
<p class="lead">${escapeHtml(lead(comparison))}</p>
<ul class="cards">${comparison.columns.map((column) => card(comparison, column)).join('')}</ul>
</div></header>`;
}

function card(comparison: Comparison, column: Column): string {
  const { label, cni, cluster, outcome, summary, runs } = column;
  const parts = order.filter((mark) => summary[mark] > 0).map((mark) => [className(mark), summary[mark]] as const);
  const counts = order
    .filter((mark) => summary[mark] > 0)
    .map((mark) => `<li>${glyph(mark)}<b>${count(summary[mark])}</b> ${mark}</li>`);
  const problems = [...new Set(runs.flatMap(({ problems }) => problems))].map(
    (problem) => `<p class="problem">${text(problem)}</p>`,
  );
  const share = parts.length > 0 ? proportions(parts) : '';
  const where = cluster ? `${cluster.provider}, Kubernetes ${cluster.kubernetes}` : 'no cluster came to be';
  return `<li class="card is-${outcome}"><h2>${text(label)}</h2><p class="soft small">${text(
    `${cni.name} ${cni.version ?? ''}${cni.mutant ? `, mutant ${cni.mutant}` : ''} on ${where}`,
  )}</p>
<p class="verdict">${glyph(outcome)}<span>${escapeHtml(verdict(column))}</span></p>${problems.join('')}
${share}<ul class="counts">${counts.join('')}</ul>${facts(comparison, column)}</li>`;
}

/**
 * The figures that people ask for first. A leak that never ends has no figure, so leak windows are no headline;
 * convergence is of the changes that every column has measured.
 */
function facts({ timings, load }: Comparison, { label }: Column): string {
  const times = timings.slice(0, 1).flatMap(({ name, common }): [string, string][] => {
    const own = common.figures.find(({ column }) => column === label);
    return own?.p95 === undefined ? [] : [[`${name} p95`, duration(own.p95)]];
  });
  const loads = load.slice(0, 1).flatMap(({ figures }): [string, string][] => {
    const own = figures.find(({ column }) => column === label);
    return own
      ? [
          ['p95 under load', duration(own.latency.p95.median)],
          ['lost under load', percent(own.lost.median, own.sent.median)],
        ]
      : [];
  });
  const all = [...times, ...loads];
  if (all.length === 0) return '';
  const list = all.map(([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${value}</dd></div>`);
  return `<dl class="figures">${list.join('')}</dl>`;
}
