import { differenceInWords } from '../differences.ts';
import { count } from '../format.ts';
import type { Load, LoadDifference, LoadSeries } from '../model.ts';
import { distributionChart, intervalChart, rampChart, roundMark, roundsChart } from '../svg/paths.ts';
import { text } from './page.ts';

/** What only a load on several paths in turn has: the differences, the rounds they come from, and the distributions. */
export function paths(load: Load): string {
  const { differences = [], series } = load;
  const unit = differences[0]?.unit ?? 'ms';
  const figure = differences[0]?.figure ?? 'p50';
  return [
    differences.length === 0
      ? ''
      : `<figure><figcaption>Differences <span class="soft">with their 95 % confidence intervals, from one ` +
        `difference a round</span>` +
        `</figcaption>${differences.map((each) => interval(each, differences)).join('')}</figure>`,
    series.some(({ rounds = [] }) => rounds.length > 0)
      ? `<figure><figcaption>Rounds <span class="soft">${text(figure)} of each, in the order in which they were ` +
        `run</span></figcaption>${marks(load)}${roundsChart(load, unit)}</figure>`
      : '',
    series.some(({ steps = [] }) => steps.length > 0)
      ? `<figure><figcaption>Ramp <span class="soft">requests a second, due and answered: where a curve leaves ` +
        `the diagonal is the knee</span></figcaption>${lines(load)}${rampChart(series)}</figure>`
      : '',
    series.some(({ distribution = [] }) => distribution.length > 0)
      ? `<figure><figcaption>Distribution <span class="soft">share of requests that were answered within a ` +
        `time</span></figcaption>${lines(load)}${distributionChart(load)}</figure>`
      : '',
    usage(load),
  ].join('\n');
}

function interval(one: LoadDifference, all: readonly LoadDifference[]): string {
  const said = differenceInWords(one);
  const names = `${text(one.of)} − ${text(one.from)}`;
  return (
    `<p class="difference">${names}: <b>${text(said)}</b>` +
    `</p>${intervalChart(one, all, `${one.of} less ${one.from}: ${said}`)}`
  );
}

/** Processors and memory beside each path. */
function usage({ series }: Load): string {
  const names = [...new Set(series.flatMap((each) => (each.usage ?? []).map(({ name }) => name)))];
  if (names.length === 0) return '';
  const cell = (name: string, { usage = [] }: LoadSeries) => {
    const found = usage.find((each) => each.name === name);
    if (found === undefined) return '<td></td>';
    return (
      `<td>${Number(found.cpu.toPrecision(2))} <span class="soft ` +
      `small">${count(Math.round(found.bytes / 2 ** 20))} MiB</span></td>`
    );
  };
  const rows = names.map(
    (name) => `<tr><th scope="row">${text(name)}</th>${series.map((each) => cell(name, each)).join('')}</tr>`,
  );
  const heads = series.map(({ name }) => `<th scope="col">${text(name)}</th>`).join('');
  return (
    `<figure><figcaption>Processors and memory <span class="soft">processors that were busy on average, ` +
    `memory in use</span></figcaption><div class="scroll" role="region" tabindex="0" aria-label="Processors and ` +
    `memory"><table class="latency"><thead><tr><th scope="col">Where</th>${heads}</tr></thead>` +
    `<tbody>${rows.join('')}</tbody></table></div></figure>`
  );
}

const key = (load: Load, mark: (series: number) => string): string =>
  '<ul class="legend">' +
  `${load.series.map(({ name }, i) => `<li>${mark(i)}<span>${text(name)}</span></li>`).join('')}</ul>`;

const lines = (load: Load): string =>
  key(
    load,
    (i) =>
      `<svg class="key" viewBox="0 0 30 12" aria-hidden="true"><line class="curve p95 series-${i}" x1="1" ` +
      `x2="29" y1="6" y2="6"/></svg>`,
  );

const marks = (load: Load): string =>
  key(load, (i) => `<svg class="key" viewBox="0 0 30 12" aria-hidden="true">${roundMark(i)}</svg>`);
