import { count, plural } from '../format.ts';
import type { Cell, Scenario, Verdict } from '../model.ts';
import { satisfied } from '../outcome.ts';
import { escapeHtml } from '../safe.ts';
import { verdictGlyph } from '../svg/glyphs.ts';
import { thumbnail } from '../svg/thumbnail.ts';
import { link, type Page, section, text } from './page.ts';

const verdicts: Record<Verdict, string> = {
  allowed: 'the server got the packet, the client its answer',
  dropped: 'no answer; the server is alive and saw nothing',
  rejected: 'refused at once; the server is alive and saw nothing',
  leaked: 'no answer, but the packet arrived',
  unserved: 'nobody listens there, or the name does not resolve',
  broken: 'the probe itself failed',
};
const expectations = ['allowed', 'denied'] as const;

/**
 * What was expected against what was seen, over all pairs; then every scenario's matrix, small. Empty when nothing was
 * probed.
 */
export function verdictMatrix(page: Page): string {
  const probed = page.run.scenarios.filter(({ cells }) => (cells?.length ?? 0) > 0);
  if (probed.length === 0) return '';
  const cells = probed.flatMap((scenario) => scenario.cells ?? []);
  const wrong = cells.filter((cell) => !satisfied(cell)).length;
  const lead =
    `${plural(cells.length, 'pair')} judged from both ends of every packet: ` +
    `${wrong === 0 ? 'all as expected' : `${count(wrong)} not as expected`}.`;
  return section(
    'verdicts',
    'Expected against seen',
    lead,
    `<div class="verdicts">${heat(cells)}${surprises(page, probed)}</div>`,
    smallMatrices(page, probed),
  );
}

function heat(cells: readonly Cell[]): string {
  const rows = Object.entries(verdicts).map(([name, meaning]) => {
    const verdict = name as Verdict;
    const counts = expectations.map((expected) =>
      square(cells.filter((cell) => cell.expected === expected && cell.verdict === verdict)),
    );
    return (
      `<tr><th scope="row">${verdictGlyph(verdict)}<b>${verdict}</b><span>${meaning}</span>` +
      `</th>${counts.join('')}</tr>`
    );
  });
  const heads = expectations.map((expected) => `<th scope="col">expected<br>${expected}</th>`).join('');
  return (
    `<table class="heat"><caption class="unseen">Pairs by what was expected and what was seen</caption><thead>` +
    `<tr><th scope="col">Seen</th>${heads}</tr></thead><tbody>${rows.join('')}</tbody></table>`
  );
}

function square(cells: readonly Cell[]): string {
  const [first] = cells;
  if (first === undefined) return '<td class="none">0</td>';
  if (satisfied(first))
    return `<td class="heat-${Math.min(4, Math.ceil(Math.log10(cells.length + 1)) + 1)}">${count(cells.length)}</td>`;
  const blind = first.verdict === 'broken' || first.verdict === 'unserved';
  return `<td class="wrong${blind ? ' blind' : ''}">${count(cells.length)}<small>not expected</small></td>`;
}

const surprisesShown = 12;

/** The pairs that were not as expected, by name. */
function surprises(page: Page, scenarios: readonly Scenario[]): string {
  const all = scenarios.flatMap((scenario) =>
    (scenario.cells ?? []).filter((cell) => !satisfied(cell)).map((cell) => ({ scenario, cell })),
  );
  if (all.length === 0) return '';
  const items = all
    .slice(0, surprisesShown)
    .map(({ scenario, cell: { from, to, port, protocol, expected, verdict } }) => {
      const at = `<span class="soft">${protocol} ${port}</span>`;
      const pair = `${text(from)} <span class="soft">to</span> ${text(to)} ${at}`;
      return (
        `<li>${verdictGlyph(verdict)}<div><b>${pair}</b><span>expected ${expected}, seen ${verdict}, in ` +
        `${link(page, scenario.id, escapeHtml(scenario.name))}</span></div></li>`
      );
    });
  const more =
    all.length > surprisesShown
      ? `<li><span></span><div>and ${plural(all.length - surprisesShown, 'more pair')}</div></li>`
      : '';
  return `<div><h3>Not as expected</h3><ul class="surprises">${items.join('')}${more}</ul></div>`;
}

function smallMatrices(page: Page, scenarios: readonly Scenario[]): string {
  const items = scenarios.map((scenario) => {
    const final = lastStep(scenario.cells ?? []);
    const wrong = final.filter((cell) => !satisfied(cell)).length;
    const said =
      `<span class="unseen">: ${plural(final.length, 'pair')}, ` +
      `${wrong === 0 ? 'all as expected' : `${wrong} not as expected`}</span>`;
    const content =
      `${thumbnail(final)}<span>` +
      `<span class="soft">${escapeHtml(scenario.feature)}</span>${escapeHtml(scenario.name)}${said}</span>`;
    return `<li${wrong > 0 ? ' class="amiss"' : ''}>${link(page, scenario.id, content)}</li>`;
  });
  const key = [
    ['<rect class="t-allowed" x="1" y="1" width="10" height="10" rx="2"/>', 'allowed'],
    ['<rect class="t-denied" x="1" y="1" width="10" height="10" rx="2"/><path class="t-dash" d="M4 6h4"/>', 'denied'],
    [
      '<rect class="t-wrong" x="1" y="1" width="10" height="10" rx="2"/><path class="t-cross" d="M4 4l4 4m0-4l-4 4"/>',
      'not as expected',
    ],
  ].map(([shape, word]) => `<li><svg width="12" height="12" aria-hidden="true">${shape}</svg>${word}</li>`);
  return (
    `<h3 class="panel">Each scenario’s last matrix</h3><ul class="legend">${key.join('')}<li>rows dial, ` +
    `columns are dialled</li></ul><ul class="thumbnails">${items.join('')}</ul>`
  );
}

function lastStep(cells: readonly Cell[]): Cell[] {
  const last = Math.max(...cells.map(({ step = 0 }) => step));
  return cells.filter(({ step = 0 }) => step === last);
}
