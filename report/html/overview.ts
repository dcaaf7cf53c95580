import { budgetText } from '../budget.ts';
import { sum } from '../figures.ts';
import { count, duration } from '../format.ts';
import { looksOf, voidText } from '../looks.ts';
import { type Child, html } from '../markup.ts';
import type { Scenario } from '../model.ts';
import { isTrouble, judgedOf, meanings, nothingJudged, overBudget, statuses, summarize } from '../outcome.ts';
import { statusGlyph } from '../svg/glyphs.ts';
import { byFeature, legend, link, type Page, section, text } from './page.ts';

/** What failed or broke, before anything else. Empty when there is nothing. */
export function attention(page: Page): Child {
  const { run } = page;
  const bad = run.scenarios
    .filter(({ status }) => isTrouble(status))
    .toSorted((a, b) => statuses.indexOf(b.status) - statuses.indexOf(a.status));
  const unjudged = nothingJudged(run);
  const items = [
    ...(run.interrupted
      ? [item('broken', 'The run was interrupted', 'Scenarios that had not finished are missing from this report.')]
      : []),
    ...(unjudged === undefined ? [] : [item('broken', 'Nothing was judged', unjudged)]),
    ...(run.problems ?? []).map((problem) => item('broken', 'Outside of the scenarios', problem)),
    ...overBudget(run).map((line) =>
      item('failed', `Over the budget of the profile ${run.profile?.name ?? ''}`, budgetText(line)),
    ),
    ...bad.map(({ id, status, feature, name, reason = '' }) =>
      item(status, html`<span class="unseen">${status}: </span>${link(page, id, `${feature}: ${name}`)}`, reason),
    ),
  ];
  if (items.length === 0) return '';
  return section('attention', 'Needs attention', '', html`<ul class="troubles">${items}</ul>`);
}

const item = (status: Scenario['status'], title: Child, reason: string): Child =>
  html`<li class="${status}"><h3>${statusGlyph(status)}<span>${title}</span></h3><p>${text(reason)}</p></li>`;

/** One row a feature, one shape a scenario. */
export function features(page: Page): Child {
  const areas = Map.groupBy(byFeature(page.run), ({ area }) => area);
  const rows = [...areas].map(
    ([area, all]) => html`<li><h3>${area || 'Features'}</h3><ul>${all.map((each) => row(page, each))}</ul></li>`,
  );
  const present = statuses.toReversed().filter((status) => page.run.summary[status] > 0);
  const said = voidText(looksOf(page.run));
  return section(
    'features',
    'Features',
    'Every shape is a scenario and leads to it.',
    html`<ul class="features">${rows}</ul>`,
    legend(present.map((status) => [statusGlyph(status), status, meanings[status] && `: ${meanings[status]}`])),
    said && html`<p class="soft">${text(said)}. Such a look is neither right nor wrong, and was done again.</p>`,
  );
}

function row(page: Page, { feature, scenarios }: { feature: string; scenarios: Scenario[] }): Child {
  const units = scenarios.map(({ id, name, status }) => {
    const said = `${name}: ${status}`;
    return link(page, id, html`${statusGlyph(status)}<span class="unseen">${said}</span>`, said);
  });
  const summary = summarize(scenarios);
  const judged = judgedOf(summary);
  const score = judged === 0 ? 'none judged' : `${count(summary.passed)} of ${count(judged)} passed`;
  const time = sum(scenarios.map(({ durationMs }) => durationMs));
  return html`<li class="feature"><span>${text(feature)}</span><span class="units">${units}</span>
    <span class="score">${score}</span><span class="time">${duration(time)}</span></li>`;
}
