import { type Child, html } from '../markup.ts';
import type { Cell } from '../model.ts';
import { satisfied } from '../outcome.ts';
import { verdictGlyph } from '../svg/glyphs.ts';
import { axesOf, target } from '../svg/thumbnail.ts';
import { row, table, text } from './page.ts';

/** Above so many squares only rows and columns are shown that hold a surprise. */
const most = 1500;

/** The matrix of one step: who dialled whom, what was expected and what was seen. */
export function matrix(after: string, all: readonly Cell[]): Child {
  const cells = all.length <= most ? all : all.filter((cell) => !satisfied(cell)).slice(0, most);
  const { rows, columns } = axesOf(cells);
  const at = Map.groupBy(cells, (cell) => `${cell.from}\n${target(cell)}`);
  const heads = [...columns.values()].map(
    ({ to, port, protocol }) => html`${text(to)}<small>${protocol} ${port}</small>`,
  );
  const body = rows.map((from) => {
    const squares = [...columns.keys()].map((to) => (at.get(`${from}\n${to}`) ?? []).map(square));
    return row(text(from), squares);
  });
  const note =
    cells.length < all.length && html`<p class="note">${all.length} pairs; shown are those that went wrong</p>`;
  return [note, table(`Verdicts: ${after}`, 'matrix', ['', ...heads], body)];
}

function square(cell: Cell): Child {
  const { from, to, expected, verdict } = cell;
  const right = satisfied(cell);
  const look = right ? `is-${expected}` : `is-wrong${isBlind(cell) ? ' is-blind' : ''}`;
  const said = right ? verdict : `expected ${expected}, seen ${verdict}`;
  return html`<span class="cell ${look}" title="${from} to ${to}: ${said}">${verdictGlyph(verdict)}
    <span class="unseen">${said}</span></span>`;
}

/** Nothing was learnt of the network. */
export const isBlind = ({ verdict }: Cell): boolean => verdict === 'broken' || verdict === 'unserved';
