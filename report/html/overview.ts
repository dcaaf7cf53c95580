import { budgetText } from '../budget.ts';
import { count, duration } from '../format.ts';
import { looksOf, voidText } from '../looks.ts';
import type { Run, Scenario } from '../model.ts';
import { isTrouble, nothingJudged, statuses, summarize } from '../outcome.ts';
import { escapeHtml } from '../safe.ts';
import { statusGlyph } from '../svg/glyphs.ts';
import { byFeature, link, type Page, section, text } from './page.ts';

/** What failed or broke, before anything else. Empty when there is nothing. */
export function attention(page: Page): string {
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
    ...(run.budget ?? [])
      .filter(({ kept }) => !kept)
      .map((line) => item('failed', `Over the budget of the profile ${run.profile?.name ?? ''}`, budgetText(line))),
    ...bad.map((scenario) => trouble(page, scenario)),
  ];
  if (items.length === 0) return '';
  return section('attention', 'Needs attention', '', `<ul class="troubles">${items.join('')}</ul>`);
}

function item(status: 'failed' | 'broken', title: string, reason: string): string {
  return (
    `<li class="${status}"><h3>${statusGlyph(status)}<span>${escapeHtml(title)}</span></h3>` +
    `<p>${text(reason)}</p></li>`
  );
}

function trouble(page: Page, { id, status, feature, name, reason = '' }: Scenario): string {
  const title = link(page, id, `${escapeHtml(feature)}: ${escapeHtml(name)}`);
  return (
    `<li class="${status}"><h3>${statusGlyph(status)}<span><span class="unseen">${status}: ` +
    `</span>${title}</span></h3><p>${text(reason)}</p></li>`
  );
}

/** One row a feature, one shape a scenario. */
export function features(page: Page): string {
  const areas = Map.groupBy(byFeature(page.run), ({ area }) => area);
  const rows = [...areas].map(
    ([area, all]) =>
      `<li><h3>${escapeHtml(area || 'Features')}</h3><ul>${all.map((each) => row(page, each)).join('')}</ul></li>`,
  );
  const lead = 'Every shape is a scenario and leads to it.';
  return section(
    'features',
    'Features',
    lead,
    `<ul class="features">${rows.join('')}</ul>`,
    key(page.run),
    voidLooks(page.run),
  );
}

function voidLooks(run: Run): string {
  const said = voidText(looksOf(run));
  return said === undefined
    ? ''
    : `<p class="soft">${text(said)}. Such a look is neither right nor wrong, and was done again.</p>`;
}

function row(page: Page, { feature, scenarios }: { feature: string; scenarios: Scenario[] }): string {
  const units = scenarios.map(({ id, name, status }) =>
    link(
      page,
      id,
      `${statusGlyph(status)}<span class="unseen">${escapeHtml(`${name}: ${status}`)}</span>`,
      `${name}: ${status}`,
    ),
  );
  const { passed, failed, flaky, broken } = summarize(scenarios);
  const judged = passed + failed + flaky + broken;
  const score = judged === 0 ? 'none judged' : `${count(passed)} of ${count(judged)} passed`;
  const time = scenarios.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return (
    `<li class="feature"><span>${text(feature)}</span><span class="units">${units.join('')}</span>` +
    `<span class="score">${score}</span><span class="time">${duration(time)}</span></li>`
  );
}

const meanings = {
  passed: 'passed',
  failed: 'failed: something it promises was not seen',
  flaky: 'flaky: not the same in every repeat, which is no pass',
  broken: 'broken: probe, cluster or tool failed, which says nothing of the network',
  observed: 'observed: reported, never judged',
  skipped: 'skipped: could not be tried here',
};

function key({ summary }: Run): string {
  const present = statuses.toReversed().filter((status) => summary[status] > 0);
  const items = present.map((status) => `<li>${statusGlyph(status)}${meanings[status]}</li>`);
  return `<ul class="legend">${items.join('')}</ul>`;
}
