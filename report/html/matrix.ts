import type { Cell } from '../model.ts';
import { satisfied } from '../outcome.ts';
import { escapeHtml } from '../safe.ts';
import { verdictGlyph } from '../svg/glyphs.ts';
import { axesOf, target } from '../svg/thumbnail.ts';
import { text } from './page.ts';

/** Above so many squares only rows and columns are shown that hold a surprise. */
const most = 1500;

/** The matrix of one step: who dialled whom, what was expected and what was seen. */
export function matrix(after: string, all: readonly Cell[]): string {
  const cells = narrowed(all);
  const { rows, columns } = axesOf(cells);
  const at = Map.groupBy(cells, (cell) => `${cell.from}\n${target(cell)}`);
  const heads = [...columns.values()].map(
    ({ to, port, protocol }) => `<th scope="col">${text(to)}<small>${protocol} ${port}</small></th>`,
  );
  const body = rows.map((from) => {
    const squares = [...columns.keys()].map(
      (to) => `<td>${(at.get(`${from}\n${to}`) ?? []).map(square).join('')}</td>`,
    );
    return `<tr><th scope="row">${text(from)}</th>${squares.join('')}</tr>`;
  });
  const note =
    cells.length < all.length ? `<p class="note">${all.length} pairs; shown are those that went wrong</p>` : '';
  const table =
    `<table class="matrix"><thead><tr><td></td>${heads.join('')}</tr></thead><tbody>${body.join('')}</tbody>` +
    `</table>`;
  return (
    `${note}<div class="scroll" role="region" tabindex="0" ` +
    `aria-label="${escapeHtml(`Verdicts: ${after}`)}">${table}</div>`
  );
}

function narrowed(cells: readonly Cell[]): readonly Cell[] {
  if (cells.length <= most) return cells;
  const wrong = cells.filter((cell) => !satisfied(cell));
  return wrong.slice(0, most);
}

function square(cell: Cell): string {
  const { from, to, expected, verdict } = cell;
  const right = satisfied(cell);
  const blind = verdict === 'broken' || verdict === 'unserved';
  const look = right ? `is-${expected}` : `is-wrong${blind ? ' is-blind' : ''}`;
  const said = right ? verdict : `expected ${expected}, seen ${verdict}`;
  return (
    `<span class="cell ${look}" title="${escapeHtml(`${from} to ${to}: ${said}`)}">${verdictGlyph(verdict)}` +
    `<span class="unseen">${said}</span></span>`
  );
}
