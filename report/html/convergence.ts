import { disturbedIn, slowest, spread, type Timing, timings } from '../figures.ts';
import { count, duration } from '../format.ts';
import { type Child, html, raw } from '../markup.ts';
import type { Run } from '../model.ts';
import { statusGlyph } from '../svg/glyphs.ts';
import { strip } from '../svg/strip.ts';
import { facts, link, type Page, row, section, table, text } from './page.ts';

const laneOf = (title: string, meaning: string, charted = true) => {
  return { name: title.toLowerCase(), title, meaning, charted };
};

/** Those with a chart share its scale; how long it took to be sure is said in figures alone. */
export const lanes = [
  laneOf('Convergence', 'From the API’s acceptance of a change to the first matrix that is all correct.'),
  laneOf('Leak window', 'From the acceptance to the last packet that arrived though it should not have.'),
  laneOf('Stable', 'From the acceptance to the end of the rounds that prove the matrix holds.', false),
];

/** How fast changes take effect, over all scenarios. Empty when nothing was measured. */
export function convergence(page: Page): Child {
  const measured = lanes
    .map((lane) => ({ ...lane, all: timings(page.run, lane.name), left: disturbedIn(page.run, lane.name) }))
    .filter(({ all, left }) => all.length + left > 0);
  if (measured.length === 0) return '';
  const max = Math.max(...measured.filter(({ charted }) => charted).flatMap(({ all }) => all.map(({ ms }) => ms)), 0);
  const lead =
    'Every dot is one change in one scenario, on a scale that gives 5 ms and 5 s their room. The band reaches ' +
    'from the median to the 95th percentile.';
  const all = measured.map((each) => lane(page, each, max));
  return section('convergence', 'How fast changes take effect', lead, budget(page.run), all);
}

/** What the profile allows, against what was measured; of one without bounds only what each change may take. */
function budget({ profile, budget: lines = [] }: Run): Child {
  if (profile === undefined) return '';
  const { everyMs, limits } = profile;
  const often = everyMs === undefined ? '' : `; each is looked at every ${everyMs} ms in its first half second`;
  const nothing = limits.length > 0 && lines.length === 0 ? ' Nothing else that it bounds was measured.' : '';
  const each = html`<p class="soft">Profile ${text(profile.name)}: a change that is not there within
     ${duration(profile.changeMs)} fails its scenario${often}.${nothing}</p>`;
  if (lines.length === 0) return each;
  const rows = lines.map(({ figure, area, count: number, p50, p95, max, p95Ms, maxMs, kept }) =>
    row(html`${statusGlyph(kept ? 'passed' : 'failed')} ${figure} of ${area}: ${kept ? 'kept' : 'exceeded'}`, [
      ...[p50, p95, p95Ms, max, maxMs].map(duration),
      count(number),
    ]),
  );
  const heads = ['', 'p50', 'p95', 'of', 'longest', 'of', 'changes'];
  return [each, table('Budget', 'latency budget', heads, rows)];
}

type Lane = (typeof lanes)[number] & { all: Timing[]; left: number };

function lane(page: Page, { title, meaning, charted, all, left }: Lane, max: number): Child {
  if (all.length === 0) return html`<p class="soft">${title}: none, ${count(left)} disturbed left out.</p>`;
  const { p50, p95, max: longest, count: number } = spread(all.map(({ ms }) => ms));
  const worst = slowest(all) as Timing;
  const whose = longest > 0 && html` Longest in ${link(page, worst.id, worst.scenario)}.`;
  const figures = facts('figures', [
    ['p50', duration(p50)],
    ['p95', duration(p95)],
    ['longest', duration(longest)],
    ['changes', count(number)],
    ...(left === 0 ? [] : [['disturbed', `${count(left)} left out`] as const]),
  ]);
  return html`<div class="lane"><div class="lane-head"><div><h3>${title}</h3><p>${meaning}${whose}</p></div>${figures}
    </div>${charted && raw(strip(title, all, max))}</div>`;
}
