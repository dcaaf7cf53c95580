import { count, duration, percent } from '../format.ts';
import type { Load, LoadSeries } from '../model.ts';
import { escapeHtml } from '../safe.ts';
import { short } from '../svg/element.ts';
import { latencyChart, rateChart } from '../svg/load.ts';
import { link, type Page, section, text } from './page.ts';
import { paths } from './paths.ts';

/** Load on the Service path: what was sent, what was lost, and what it took. Empty when there was none. */
export function load(page: Page): string {
  const all = page.run.load ?? [];
  if (all.length === 0) return '';
  const lead = all.some(({ script }) => script !== undefined)
    ? 'The same requests to the same backends on several paths in turn: the difference is what a path costs.'
    : 'Requests at a constant rate while the backends change, through the Service and to the same Pods dialled ' +
      'directly: the difference is what the Service path costs.';
  return section('load', 'The Service path under load', lead, ...all.map((each) => one(page, each)));
}

const lostOf = ({ lost }: LoadSeries) => Object.values(lost).reduce((sum, number) => sum + number, 0);

function one(page: Page, load: Load): string {
  const scenario = page.run.scenarios.find(({ id }) => id === load.scenario);
  const nth = load.repeat === undefined ? '' : `, repeat ${load.repeat}`;
  const title = link(page, load.scenario, escapeHtml(`${load.script ?? scenario?.name ?? load.scenario}${nth}`));
  return `<div class="load"><div class="load-head"><h3>${title}</h3>${summary(load.series)}</div>
${paths(load)}
${load.series
  .filter((series, i) => i === 0 || lostOf(series) > 0)
  .map(
    (series) =>
      `<figure><figcaption>Requests per second <span class="soft">${text(series.name)}, sent and ` +
      `<b class="s-failed">lost</b></span></figcaption>${rateChart(load, series)}</figure>`,
  )
  .join('')}
<figure><figcaption>Latency</figcaption>${key(load)}${latencyChart(load)}${events(load)}</figure>
${table(load.series)}</div>`;
}

function summary([first]: readonly LoadSeries[]): string {
  if (first === undefined) return '';
  const lost = lostOf(first);
  const figures: [string, string, boolean][] = [
    ['sent', count(first.sent), false],
    ['lost', lost === 0 ? '0' : `${count(lost)} (${percent(lost, first.sent)})`, lost > 0],
    ['p95', duration(first.latency.p95), false],
  ];
  const list = figures.map(
    ([name, value, bad]) => `<div${bad ? ' class="bad"' : ''}><dt>${name}</dt><dd>${value}</dd></div>`,
  );
  return `<dl class="figures">${list.join('')}</dl>`;
}

function key({ series }: Load): string {
  const items = series.flatMap(({ name }, i) =>
    ['p95', 'p50'].map(
      (p) =>
        `<li><svg class="key" viewBox="0 0 30 12" aria-hidden="true"><line class="curve ${p} series-${i}" ` +
        `x1="1" x2="29" y1="6" y2="6"/></svg><span>${text(name)}, ${p}</span></li>`,
    ),
  );
  return `<ul class="legend">${items.join('')}</ul>`;
}

function events({ events }: Load): string {
  if (events.length === 0) return '';
  const items = events.map(({ second, label }, i) => `<li><b>${i + 1}</b>${short(second)} s: ${text(label)}</li>`);
  return `<ol class="events">${items.join('')}</ol>`;
}

const rows = ['p50', 'p90', 'p95', 'p99', 'max'] as const;

function table(series: readonly LoadSeries[]): string {
  const [a, b] = series;
  const compared = series.length === 2 && a !== undefined && b !== undefined;
  const heads = [...series.map(({ name }) => text(name)), ...(compared ? ['difference'] : [])].map(
    (head) => `<th scope="col">${head}</th>`,
  );
  const latencies = rows.map((row) => {
    const values = series.map(({ latency }) => duration(latency[row]));
    return line(row, [...values, ...(compared ? [difference(a.latency[row], b.latency[row])] : [])]);
  });
  const blank = compared ? [''] : [];
  const counts = [
    line('sent', [...series.map(({ sent }) => count(sent)), ...blank]),
    line('answered', [...series.map(({ answered }) => count(answered)), ...blank]),
    line('lost', [...series.map(lost), ...blank]),
  ];
  return (
    `<div class="scroll" role="region" tabindex="0" aria-label="Latency and requests"><table class="latency">` +
    `<thead><tr><th scope="col">Latency</th>${heads.join('')}</tr></thead>` +
    `<tbody>${[...latencies, ...counts].join('')}</tbody></table></div>`
  );
}

function line(name: string, values: string[]): string {
  return `<tr><th scope="row">${name}</th>${values.map((value) => `<td>${value}</td>`).join('')}</tr>`;
}

function lost(series: LoadSeries): string {
  const errors = Object.entries(series.lost).map(
    ([error, number]) => `<br><span class="soft small">${count(number)} ${text(error)}</span>`,
  );
  const unknown = series.void === undefined ? '' : `<br><span class="soft small">${count(series.void)} void</span>`;
  return `${count(lostOf(series))}${errors.join('')}${unknown}`;
}

/** "+0.31 ms (+24 %)", of what the Service path takes more than the direct one. */
function difference(service: number, direct: number): string {
  const sign = service >= direct ? '+' : '−';
  const share = direct > 0 ? Math.round((100 * Math.abs(service - direct)) / direct) : 0;
  const relative = direct > 0 ? ` <span class="soft small">(${share > 0 ? sign : ''}${share} %)</span>` : '';
  return `${sign}${duration(Math.abs(service - direct))}${relative}`;
}
