import { count, plural } from '../format.ts';
import { type Child, html, raw } from '../markup.ts';
import type { Cell, Scenario, Verdict } from '../model.ts';
import { satisfied } from '../outcome.ts';
import { verdictGlyph } from '../svg/glyphs.ts';
import { thumbnail } from '../svg/thumbnail.ts';
import { isBlind } from './matrix.ts';
import { legend, link, type Page, section, text } from './page.ts';

const verdicts: Record<Verdict, string> = {
  allowed: 'the server got the packet, the client its answer',
  dropped: 'no answer; the server is alive and saw nothing',
  rejected: 'refused at once; the server is alive and saw nothing',
  leaked: 'no answer, but the packet arrived',
  unserved: 'nobody listens there, or the name does not resolve',
  broken: 'the probe itself failed',
};
const expectations = ['allowed', 'denied'] as const;

const unexpected = (cells: readonly Cell[]): Cell[] => cells.filter((cell) => !satisfied(cell));
const asExpected = (wrong: number): string => (wrong === 0 ? 'all as expected' : `${count(wrong)} not as expected`);

/** Expected against seen, over all pairs; then every scenario's matrix, small. Empty when nothing was probed. */
export function verdictMatrix(page: Page): Child {
  const probed = page.run.scenarios.filter(({ cells }) => (cells?.length ?? 0) > 0);
  if (probed.length === 0) return '';
  const cells = probed.flatMap((scenario) => scenario.cells ?? []);
  return section(
    'verdicts',
    'Expected against seen',
    `${plural(cells.length, 'pair')} judged from both ends of every packet: ${asExpected(unexpected(cells).length)}.`,
    html`<div class="verdicts">${heat(cells)}${surprises(page, probed)}</div>`,
    smallMatrices(page, probed),
  );
}

function heat(cells: readonly Cell[]): Child {
  const rows = Object.entries(verdicts).map(([each, meaning]) => {
    const verdict = each as Verdict;
    const counts = expectations.map((expected) =>
      square(cells.filter((cell) => cell.expected === expected && cell.verdict === verdict)),
    );
    const name = html`${verdictGlyph(verdict)}<b>${verdict}</b><span>${meaning}</span>`;
    return html`<tr><th scope="row">${name}</th>${counts}</tr>`;
  });
  const heads = expectations.map((expected) => html`<th scope="col">expected<br>${expected}</th>`);
  return html`<table class="heat"><caption class="unseen">Pairs by what was expected and what was seen</caption>
    <thead><tr><th scope="col">Seen</th>${heads}</tr></thead><tbody>${rows}</tbody></table>`;
}

function square(cells: readonly Cell[]): Child {
  const [first] = cells;
  const number = count(cells.length);
  if (first === undefined) return html`<td class="none">0</td>`;
  if (satisfied(first))
    return html`<td class="heat-${Math.min(4, Math.ceil(Math.log10(cells.length + 1)) + 1)}">${number}</td>`;
  return html`<td class="wrong${isBlind(first) ? ' blind' : ''}">${number}<small>not expected</small></td>`;
}

const surprisesShown = 12;

/** The pairs that were not as expected, by name. */
function surprises(page: Page, scenarios: readonly Scenario[]): Child {
  const all = scenarios.flatMap((scenario) => unexpected(scenario.cells ?? []).map((cell) => ({ scenario, cell })));
  if (all.length === 0) return '';
  const items = all
    .slice(0, surprisesShown)
    .map(({ scenario, cell: { from, to, port, protocol, expected, verdict } }) => {
      const at = html`<span class="soft">${protocol} ${port}</span>`;
      return html`<li>${verdictGlyph(verdict)}<div><b>${text(from)} <span class="soft">to</span> ${text(to)} ${at}</b>
        <span>expected ${expected}, seen ${verdict}, in ${link(page, scenario.id, scenario.name)}</span></div></li>`;
    });
  const left = all.length - surprisesShown;
  const more = left > 0 && html`<li><span></span><div>and ${plural(left, 'more pair')}</div></li>`;
  return html`<div><h3>Not as expected</h3><ul class="surprises">${items}${more}</ul></div>`;
}

/** Meanings of the squares, as `thumbnail` draws them. */
const key = [
  ['allowed', '', 'allowed'],
  ['denied', '<path class="t-dash" d="M4 6h4"/>', 'denied'],
  ['wrong', '<path class="t-cross" d="M4 4l4 4m0-4l-4 4"/>', 'not as expected'],
].map(([name, mark = '', word]) => {
  const square = raw(`<rect class="t-${name}" x="1" y="1" width="10" height="10" rx="2"/>${mark}`);
  return html`<svg width="12" height="12" aria-hidden="true">${square}</svg>${word}`;
});

function smallMatrices(page: Page, scenarios: readonly Scenario[]): Child {
  const items = scenarios.map(({ id, feature, name, cells = [] }) => {
    const final = lastStep(cells);
    const wrong = unexpected(final).length;
    const said = html`<span class="unseen">: ${plural(final.length, 'pair')}, ${asExpected(wrong)}</span>`;
    const content = html`${raw(thumbnail(final))}<span><span class="soft">${feature}</span>${name}${said}</span>`;
    return html`<li${wrong > 0 && html` class="amiss"`}>${link(page, id, content)}</li>`;
  });
  return html`<h3 class="panel">Each scenario’s last matrix</h3>${legend([...key, 'rows dial, columns are dialled'])}
    <ul class="thumbnails">${items}</ul>`;
}

function lastStep(cells: readonly Cell[]): Cell[] {
  const last = Math.max(...cells.map(({ step = 0 }) => step));
  return cells.filter(({ step = 0 }) => step === last);
}
