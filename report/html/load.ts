import { lostOf } from '../figures.ts';
import { count, duration, percent } from '../format.ts';
import { type Child, html, raw } from '../markup.ts';
import type { Load, LoadSeries } from '../model.ts';
import { short } from '../svg/element.ts';
import { latencyChart, rateChart } from '../svg/load.ts';
import { legend, link, type Page, row, section, table, text } from './page.ts';
import { lineKey, paths } from './paths.ts';

/** Load on the Service path: what was sent, what was lost, and what it took. Empty when there was none. */
export function load(page: Page): Child {
  const all = page.run.load ?? [];
  if (all.length === 0) return '';
  const lead = all.some(({ script }) => script !== undefined)
    ? 'The same requests to the same backends on several paths in turn: the difference is what a path costs.'
    : 'Requests at a constant rate while the backends change, through the Service and to the same Pods dialled ' +
      'directly: the difference is what the Service path costs.';
  const loads = all.map((each) => one(page, each));
  return section('load', 'The Service path under load', lead, loads);
}

function one(page: Page, load: Load): Child {
  const scenario = page.run.scenarios.find(({ id }) => id === load.scenario);
  const nth = load.repeat === undefined ? '' : `, repeat ${load.repeat}`;
  const title = link(page, load.scenario, `${load.script ?? scenario?.name ?? load.scenario}${nth}`);
  const rates = load.series.filter((series, i) => i === 0 || lostOf(series) > 0);
  const key = load.series.flatMap(({ name }, i) =>
    ['p95', 'p50'].map((p) => html`${lineKey(p, i)}<span>${text(name)}, ${p}</span>`),
  );
  return html`<div class="load"><div class="load-head"><h3>${title}</h3>${summary(load.series)}</div>
    ${paths(load)}
    ${rates.map(
      (series) => html`<figure><figcaption>Requests per second${' '}
        <span class="soft">${text(series.name)}, sent and <b class="s-failed">lost</b></span></figcaption>
        ${raw(rateChart(load, series))}</figure>`,
    )}
    <figure><figcaption>Latency</figcaption>${legend(key)}${raw(latencyChart(load))}${events(load)}</figure>
    ${latencies(load.series)}</div>`;
}

function summary([first]: readonly LoadSeries[]): Child {
  if (first === undefined) return '';
  const lost = lostOf(first);
  const [bad, share] = lost > 0 ? [html` class="bad"`, ` (${percent(lost, first.sent)})`] : [];
  return html`<dl class="figures"><div><dt>sent</dt><dd>${count(first.sent)}</dd></div>
    <div${bad}><dt>lost</dt><dd>${count(lost)}${share}</dd></div>
    <div><dt>p95</dt><dd>${duration(first.latency.p95)}</dd></div></dl>`;
}

function events({ events }: Load): Child {
  if (events.length === 0) return '';
  const items = events.map(({ second, label }, i) => html`<li><b>${i + 1}</b>${short(second)} s: ${text(label)}</li>`);
  return html`<ol class="events">${items}</ol>`;
}

const percentiles = ['p50', 'p90', 'p95', 'p99', 'max'] as const;

function latencies(series: readonly LoadSeries[]): Child {
  const [a, b] = series;
  const compared = series.length === 2 && a !== undefined && b !== undefined;
  const blank = compared ? [''] : [];
  const line = (name: string, of: (series: LoadSeries) => Child) => row(name, [...series.map(of), ...blank]);
  return table(
    'Latency and requests',
    'latency',
    ['Latency', ...series.map(({ name }) => text(name)), ...(compared ? ['difference'] : [])],
    [
      ...percentiles.map((name) =>
        row(name, [
          ...series.map(({ latency }) => duration(latency[name])),
          ...(compared ? [difference(a.latency[name], b.latency[name])] : []),
        ]),
      ),
      line('sent', ({ sent }) => count(sent)),
      line('answered', ({ answered }) => count(answered)),
      line('lost', lost),
    ],
  );
}

function lost(series: LoadSeries): Child {
  const errors = Object.entries(series.lost).map(([error, number]) => html`${count(number)} ${text(error)}`);
  const unknown = series.void === undefined ? [] : [`${count(series.void)} void`];
  const all = [...errors, ...unknown].map((each) => html`<br><span class="soft small">${each}</span>`);
  return [count(lostOf(series)), all];
}

/** "+0.31 ms (+24 %)", of what the Service path takes more than the direct one. */
function difference(service: number, direct: number): Child {
  const sign = service >= direct ? '+' : '−';
  const share = direct > 0 ? Math.round((100 * Math.abs(service - direct)) / direct) : 0;
  const relative = direct > 0 ? html` <span class="soft small">(${share > 0 ? sign : ''}${share} %)</span>` : '';
  return [`${sign}${duration(Math.abs(service - direct))}`, relative];
}
