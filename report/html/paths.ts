import { count, differenceInWords } from '../format.ts';
import { type Child, html, raw } from '../markup.ts';
import type { Load, LoadDifference, LoadSeries } from '../model.ts';
import { distributionChart, intervalChart, rampChart, roundMark, roundsChart } from '../svg/paths.ts';
import { legend, row, table, text } from './page.ts';

const figure = (title: string, what: Child, ...content: Child[]): Child =>
  html`<figure><figcaption>${title} <span class="soft">${what}</span></figcaption>${content}</figure>`;

/** What only a load on several paths in turn has: the differences, the rounds they come from, and the distributions. */
export function paths(load: Load): Child {
  const { differences = [], series } = load;
  const { unit, figure: compared } = differences[0] ?? { unit: 'ms', figure: 'p50' };
  const has = (part: 'rounds' | 'steps' | 'distribution') => series.some((each) => (each[part] ?? []).length > 0);
  const key = (mark: (series: number) => Child) =>
    legend(series.map(({ name }, i) => html`${mark(i)}<span>${text(name)}</span>`));
  const lines = key((i) => lineKey('p95', i));
  return [
    differences.length > 0 &&
      figure(
        'Differences',
        'with their 95 % confidence intervals, from one difference a round',
        differences.map((each) => interval(each, differences)),
      ),
    has('rounds') &&
      figure(
        'Rounds',
        html`${text(compared)} of each, in the order in which they were run`,
        key((i) => html`<svg class="key" viewBox="0 0 30 12" aria-hidden="true">${raw(roundMark(i))}</svg>`),
        raw(roundsChart(load, unit)),
      ),
    has('steps') &&
      figure(
        'Ramp',
        'requests a second, due and answered: where a curve leaves the diagonal is the knee',
        lines,
        raw(rampChart(series)),
      ),
    has('distribution') &&
      figure('Distribution', 'share of requests that were answered within a time', lines, raw(distributionChart(load))),
    usage(series),
  ];
}

/** The stroke of a series, for the key of a chart of curves. */
export const lineKey = (figure: string, series: number): Child =>
  html`<svg class="key" viewBox="0 0 30 12" aria-hidden="true"><line class="curve ${figure} series-${series}" x1="1"
     x2="29" y1="6" y2="6"/></svg>`;

function interval(one: LoadDifference, all: readonly LoadDifference[]): Child {
  const said = differenceInWords(one);
  return html`<p class="difference">${text(one.of)} − ${text(one.from)}: <b>${text(said)}</b></p>
    ${raw(intervalChart(one, all, `${one.of} less ${one.from}: ${said}`))}`;
}

/** Processors and memory beside each path. */
function usage(series: readonly LoadSeries[]): Child {
  const names = [...new Set(series.flatMap((each) => (each.usage ?? []).map(({ name }) => name)))];
  if (names.length === 0) return '';
  const cell = (name: string, { usage = [] }: LoadSeries) => {
    const found = usage.find((each) => each.name === name);
    if (found === undefined) return '';
    const memory = html`<span class="soft small">${count(Math.round(found.bytes / 2 ** 20))} MiB</span>`;
    return html`${Number(found.cpu.toPrecision(2))} ${memory}`;
  };
  const rows = names.map((name) => {
    const cells = series.map((each) => cell(name, each));
    return row(text(name), cells);
  });
  return figure(
    'Processors and memory',
    'processors that were busy on average, memory in use',
    table('Processors and memory', 'latency', ['Where', ...series.map(({ name }) => text(name))], rows),
  );
}
