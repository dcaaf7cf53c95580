import { count, counted, duration, plural } from '../format.ts';
import { voidText } from '../looks.ts';
import type { Cell, Measurement, Run, Scenario, Step } from '../model.ts';
import { isTrouble } from '../outcome.ts';
import { escapeHtml, oneLine } from '../safe.ts';
import { statusGlyph } from '../svg/glyphs.ts';
import { matrix } from './matrix.ts';
import { byFeature, type Page, section, text } from './page.ts';
import { distributions, repeatList, repeatStrip } from './repeats.ts';

/** Every scenario with its steps; those that need reading are open. */
export function scenarios(page: Page): string {
  const groups = byFeature(page.run).map(({ area, feature, scenarios: all }) => {
    const heading = `<h3>${text(feature)}${area === '' ? '' : `<span>${escapeHtml(area)}</span>`}</h3>`;
    return `<div class="group">${heading}${all.map((scenario) => one(page, scenario)).join('')}</div>`;
  });
  const empty = '<p class="empty" hidden>No scenario matches.</p>';
  return section('scenarios', 'Scenarios', '', filters(page.run), ...groups, empty);
}

/** Shown by the script that makes them work. */
function filters({ summary, scenarios: all }: Run): string {
  const button = (status: string, label: string, pressed: boolean) =>
    `<button type="button" data-status="${status}" aria-pressed="${pressed}">${label}</button>`;
  const each = counted(summary).map(([status, number]) =>
    button(status, `${statusGlyph(status)}${status} ${count(number)}`, false),
  );
  const search =
    '<input type="search" placeholder="Name, tag or reason" aria-label="Find scenarios by name, tag or reason">';
  return (
    `<div class="filters" role="group" aria-label="Filter scenarios" ` +
    `hidden>${button('', `all ${count(all.length)}`, true)}${each.join('')}${search}</div>` +
    `<p id="found" class="unseen" role="status"></p>`
  );
}

function one({ anchors }: Page, scenario: Scenario): string {
  const { id, name, status, level, reason, durationMs, tags, feature } = scenario;
  const searched = oneLine([name, feature, status, level, reason ?? '', ...tags].join(' ')).toLowerCase();
  const why = reason === undefined ? '' : `<span class="why">${text(reason)}</span>`;
  const small = level === 'core' ? '' : `<small>${level}</small>`;
  const title = `<span class="title">${text(name)}${small}${why}${repeatStrip(scenario.repeats)}</span>`;
  const summary =
    `<summary>${statusGlyph(status)}<span class="unseen">${status}:</span>${title}` +
    `<span class="took">${duration(durationMs)}</span></summary>`;
  const anchor = escapeHtml(anchors.get(id) ?? '');
  return (
    `<details class="scenario status-${status}" id="${anchor}" data-status="${status}" ` +
    `data-text="${escapeHtml(searched)}"${isTrouble(status) ? ' open' : ''}>${summary}${body(scenario)}</details>`
  );
}

function body(scenario: Scenario): string {
  const { reason, steps = [], cells = [], measurements, tags, id, source } = scenario;
  const probed = Map.groupBy(cells, (cell) => cell.step ?? -1);
  const orphans = cells.filter((cell) => steps[cell.step ?? -1] === undefined);
  const about = [
    ...tags.map((tag) => `<span class="mono">${escapeHtml(tag)}</span>`),
    ...(source === undefined ? [] : [text(source)]),
    text(id),
  ];
  const parts = [
    reason === undefined ? '' : `<p class="reason">${text(reason)}</p>`,
    repeatList(scenario),
    steps.length === 0
      ? ''
      : `<ol class="steps">${steps.map((each, i) => step(each, reason, probed.get(i) ?? [])).join('')}</ol>`,
    orphans.length === 0 ? '' : matrix(scenario.name, orphans),
    scenario.distributions ? distributions(scenario.distributions) : measured(measurements),
    ...notes(scenario),
    `<p class="about">${about.join(' · ')}</p>`,
  ];
  return `<div class="body">${parts.join('')}</div>`;
}

/** What the figures do not say of themselves. */
function notes({ looks, repeats = [] }: Scenario): string[] {
  const left = repeats.flatMap(({ measurements }) => measurements.filter(({ disturbed }) => disturbed)).length;
  const said = [
    ...(left === 0 ? [] : [`${plural(left, 'figure')} taken while an observer stood still left out`]),
    ...[voidText(looks) ?? []].flat(),
  ];
  return said.map((each) => `<p class="note">${text(each)}.</p>`);
}

function step(each: Step, reason: string | undefined, cells: readonly Cell[]): string {
  const { keyword, text: sentence, block, table, status, durationMs, error, hook, notes = [] } = each;
  const said = [
    block === undefined ? '' : `<pre>${escapeHtml(block)}</pre>`,
    table === undefined || (cells.length > 0 && isMatrix(table)) ? '' : tableOf(table),
    cells.length === 0 ? '' : matrix(sentence, cells),
    error === undefined || error.trim() === reason ? '' : `<pre class="error">${escapeHtml(error)}</pre>`,
    ...notes.map((note) => `<p class="note">${text(note)}</p>`),
  ].join('');
  const words = `${keyword === undefined ? '' : `<b>${escapeHtml(keyword)}</b> `}${text(sentence)}`;
  const took = `<span class="took">${durationMs >= 0.5 ? duration(durationMs) : ''}</span>`;
  const more = said === '' ? '' : `<div class="said">${said}</div>`;
  return (
    `<li${hook ? ' class="hook"' : ''}>${statusGlyph(status)}<span><span class="unseen">${status}: ` +
    `</span>${words}</span>${took}${more}</li>`
  );
}

/** Whether a table says nothing but who is to reach whom: what was seen, which stands beside it, says so too. */
function isMatrix([, ...rows]: string[][]): boolean {
  return rows.every(([, ...cells]) => cells.every((cell) => ['allowed', 'denied', ''].includes(cell)));
}

/** A table as it stands in the feature file; its first row is its head. */
function tableOf([head = [], ...rows]: string[][]): string {
  const cells = (row: string[], name: 'td' | 'th') => row.map((cell) => `<${name}>${text(cell)}</${name}>`).join('');
  const body = rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('');
  return (
    `<div class="scroll"><table class="given"><thead><tr>${cells(head, 'th')}</tr></thead>` +
    `<tbody>${body}</tbody></table></div>`
  );
}

function measured(measurements: readonly Measurement[]): string {
  if (measurements.length === 0) return '';
  const items = measurements.map(
    ({ name, value, unit, disturbed }) =>
      `<div><dt>${text(name)}</dt><dd>${figure(value, unit)}${disturbed ? mark : ''}</dd></div>`,
  );
  return `<dl class="measured">${items.join('')}</dl>`;
}

const mark = ' <small title="taken while an observer stood still: left out of medians">disturbed</small>';

function figure(value: number, unit: string): string {
  if (unit === 'ms') return duration(value);
  return `${count(value)} ${text(unit)}`;
}
