import { count, counted, duration, plural } from '../format.ts';
import { voidText } from '../looks.ts';
import { type Child, html } from '../markup.ts';
import type { Cell, Measurement, Run, Scenario, Step } from '../model.ts';
import { isTrouble } from '../outcome.ts';
import { oneLine } from '../safe.ts';
import { statusGlyph } from '../svg/glyphs.ts';
import { matrix } from './matrix.ts';
import { byFeature, facts, figure, type Page, section, text } from './page.ts';
import { distributions, repeatList, repeatStrip } from './repeats.ts';

/** Every scenario with its steps; those that need reading are open. */
export function scenarios(page: Page): Child {
  const groups = byFeature(page.run).map(({ area, feature, scenarios: all }) => {
    const heading = html`<h3>${text(feature)}${area && html`<span>${area}</span>`}</h3>`;
    return html`<div class="group">${heading}${all.map((scenario) => one(page, scenario))}</div>`;
  });
  const empty = html`<p class="empty" hidden>No scenario matches.</p>`;
  return section('scenarios', 'Scenarios', '', filters(page.run), groups, empty);
}

/** Shown by the script that makes them work. */
function filters({ summary, scenarios: all }: Run): Child {
  const button = (status: string, label: Child) =>
    html`<button type="button" data-filter="${status}" aria-pressed="${String(status === '')}">${label}</button>`;
  const each = counted(summary).map(([status, number]) =>
    button(status, [statusGlyph(status), `${status} ${count(number)}`]),
  );
  return html`<div class="filters" role="group" aria-label="Filter scenarios" hidden>
    ${button('', `all ${count(all.length)}`)}${each}
    <input type="search" placeholder="Name, tag or reason" aria-label="Find scenarios by name, tag or reason"></div>
    <p id="found" class="unseen" role="status" data-of="scenarios"></p>`;
}

function one({ anchors }: Page, scenario: Scenario): Child {
  const { id, name, status, level, reason, durationMs, tags, feature } = scenario;
  const searched = oneLine([name, feature, status, level, reason ?? '', ...tags].join(' ')).toLowerCase();
  const why = reason !== undefined && html`<span class="why">${text(reason)}</span>`;
  const small = level !== 'core' && html`<small>${level}</small>`;
  return html`<details class="scenario status-${status}" id="${anchors.get(id)}" data-flags="${status}"
     data-text="${searched}"${isTrouble(status) ? ' open' : ''}>
    <summary>${statusGlyph(status)}<span class="unseen">${status}:</span>
    <span class="title">${text(name)}${small}${why}${repeatStrip(scenario.repeats)}</span>
    <span class="took">${duration(durationMs)}</span></summary>${body(scenario)}</details>`;
}

function body(scenario: Scenario): Child {
  const { reason, steps = [], cells = [], measurements, tags, id, source } = scenario;
  const probed = Map.groupBy(cells, (cell) => cell.step ?? -1);
  const orphans = cells.filter((cell) => steps[cell.step ?? -1] === undefined);
  const about = [
    ...tags.map((tag) => html`<span class="mono">${tag}</span>`),
    ...(source === undefined ? [] : [text(source)]),
    text(id),
  ];
  return html`<div class="body">${reason !== undefined && html`<p class="reason">${text(reason)}</p>`}
    ${repeatList(scenario)}
    ${steps.length > 0 && html`<ol class="steps">${steps.map((each, i) => step(each, reason, probed.get(i)))}</ol>`}
    ${orphans.length > 0 && matrix(scenario.name, orphans)}
    ${scenario.distributions ? distributions(scenario.distributions) : measured(measurements)}
    ${notes(scenario)}
    <p class="about">${about.map((each, i) => [i === 0 ? '' : ' · ', each])}</p></div>`;
}

function notes({ looks, repeats = [] }: Scenario): Child[] {
  const left = repeats.flatMap(({ measurements }) => measurements.filter(({ disturbed }) => disturbed)).length;
  const said = [
    ...(left === 0 ? [] : [`${plural(left, 'figure')} taken while an observer stood still left out`]),
    ...[voidText(looks) ?? []].flat(),
  ];
  return said.map((each) => html`<p class="note">${text(each)}.</p>`);
}

function step(each: Step, reason: string | undefined, cells: readonly Cell[] = []): Child {
  const { keyword, text: sentence, block, table, status, durationMs, error, hook, notes = [] } = each;
  const said = [
    block === undefined ? [] : html`<pre>${block}</pre>`,
    table === undefined || (cells.length > 0 && isMatrix(table)) ? [] : tableOf(table),
    cells.length === 0 ? [] : matrix(sentence, cells),
    error === undefined || error.trim() === reason ? [] : html`<pre class="error">${error}</pre>`,
    notes.map((note) => html`<p class="note">${text(note)}</p>`),
  ].flat();
  return html`<li${hook && html` class="hook"`}>${statusGlyph(status)}<span><span class="unseen">${status}: </span>
    ${keyword && html`<b>${keyword}</b> `}${text(sentence)}</span>
    <span class="took">${durationMs >= 0.5 ? duration(durationMs) : ''}</span>
    ${said.length > 0 && html`<div class="said">${said}</div>`}</li>`;
}

/** Whether a table says nothing but who is to reach whom: what was seen, which stands beside it, says so too. */
function isMatrix([, ...rows]: string[][]): boolean {
  return rows.every(([, ...cells]) => cells.every((cell) => ['allowed', 'denied', ''].includes(cell)));
}

/** A table as it stands in the feature file; its first row is its head. */
function tableOf([head = [], ...rows]: string[][]): Child {
  const body = rows.map((row) => html`<tr>${row.map((cell) => html`<td>${text(cell)}</td>`)}</tr>`);
  return html`<div class="scroll"><table class="given"><thead>
    <tr>${head.map((cell) => html`<th>${text(cell)}</th>`)}</tr></thead><tbody>${body}</tbody></table></div>`;
}

function measured(measurements: readonly Measurement[]): Child {
  if (measurements.length === 0) return '';
  const items = measurements.map(({ name, value, unit, disturbed }) => {
    const said = figure(value, unit);
    return [text(name), disturbed ? html`${said} ${mark}` : said] as const;
  });
  return facts('measured', items);
}

const mark = html`<small title="taken while an observer stood still: left out of medians">disturbed</small>`;
