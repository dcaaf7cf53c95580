import { count, duration, percent } from '../../format.ts';
import { brand, facts, section, text } from '../../html/index.ts';
import { type Child, html, type Markup, raw } from '../../markup.ts';
import { proportions } from '../../svg/bar.ts';
import { statusGlyph } from '../../svg/glyphs.ts';
import { headline, lead, verdict } from '../headline.ts';
import { figureOf } from '../marks.ts';
import type { Column, Comparison, FeatureCell, Mark } from '../model.ts';

const order: Mark[] = ['passed', 'observed', 'skipped', 'not run', 'flaky', 'failed', 'broken'];

const shapes = {
  partial: '<circle class="line" cx="8" cy="8" r="6.2"/><path class="fill" d="M8 1.800a6.2 6.2 0 0 0 0 12.4z"/>',
  'not run': '<circle class="line" cx="8" cy="8" r="6.2" stroke-dasharray="1.2 3.600"/>',
};

/** A mark's shape; its word stands beside it or is said to screen readers. */
export function glyph(mark: FeatureCell['mark']): Markup {
  if (mark !== 'partial' && mark !== 'not run') return statusGlyph(mark);
  return html`<svg class="glyph s-${className(mark)}" viewBox="0 0 16 16" aria-hidden="true">
    ${raw(shapes[mark])}</svg>`;
}

export const className = (mark: FeatureCell['mark']): string => mark.replace(' ', '-');

/** What is compared, and what each came to. */
export function head(comparison: Comparison): Child {
  const broke = comparison.columns.some(({ outcome }) => outcome === 'broken');
  return html`<header class="hero outcome-${broke ? 'broken' : 'compared'}"><div class="wrap">
    ${brand(comparison.createdAt)}
    <h1><span>${headline(comparison)}</span></h1>
    <p class="lead">${lead(comparison)}</p>
    <ul class="cards">${comparison.columns.map((column) => card(comparison, column))}</ul>
    </div></header>`;
}

function card(comparison: Comparison, column: Column): Child {
  const { label, cni, cluster, outcome, summary, runs } = column;
  const present = order.filter((mark) => summary[mark] > 0);
  const counts = present.map((mark) => html`<li>${glyph(mark)}<b>${count(summary[mark])}</b> ${mark}</li>`);
  const problems = [...new Set(runs.flatMap((run) => run.problems))];
  const share = proportions(present.map((mark) => [className(mark), summary[mark]]));
  const where = cluster ? ` on ${cluster.provider}, Kubernetes ${cluster.kubernetes}` : ', no cluster was created';
  const what = `${cni.name} ${cni.version ?? ''}${cni.mutant ? `, mutant ${cni.mutant}` : ''}${where}`;
  return html`<li class="card is-${outcome}"><h2>${text(label)}</h2><p class="soft small">${text(what)}</p>
    <p class="verdict">${glyph(outcome)}<span>${verdict(column)}</span></p>
    ${problems.map((problem) => html`<p class="problem">${text(problem)}</p>`)}
    ${present.length > 0 && raw(share)}<ul class="counts">${counts}</ul>${figures(comparison, label)}</li>`;
}

/** What people ask for first: no leak windows, since a leak that never ends has no figure. */
function figures({ timings: [timing], load: [load] }: Comparison, label: string): Child {
  const measured = timing && figureOf(timing.common.figures, label);
  const loaded = load && figureOf(load.figures, label);
  const all: [string, string][] = [];
  if (measured?.p95 !== undefined) all.push([`${timing?.name} p95`, duration(measured.p95)]);
  if (loaded !== undefined) {
    all.push(['p95 under load', duration(loaded.latency.p95.median)]);
    all.push(['lost under load', percent(loaded.lost.median, loaded.sent.median)]);
  }
  return all.length === 0 ? '' : facts('figures', all);
}

/** What a reader has to know before figures are set side by side. Empty when everything was the same. */
export function differences({ differences: all }: Comparison): Child {
  if (all.length === 0) return '';
  const items = all.map(({ what, sentence, values }) => {
    const each = values.map(({ column, value }) => html`<div><dt>${text(column)}</dt><dd>${text(value)}</dd></div>`);
    return html`<li><h3>${text(what)}</h3><p>${sentence}</p><dl>${each}</dl></li>`;
  });
  return section('differences', 'Not the same everywhere', '', html`<ul class="unlike">${items}</ul>`);
}
