import type { Cell } from '../model.ts';
import { satisfied } from '../outcome.ts';
import { element } from './element.ts';

const pitch = 12;
const size = 10;
const most = 12;

/** A small matrix: rows dial, columns are dialled; what was not expected is solid with a cross. */
export function thumbnail(cells: readonly Cell[]): string {
  const axes = axesOf(cells);
  const [rows, columns] = [axes.rows.slice(0, most), [...axes.columns.keys()].slice(0, most)];
  const squares = cells.flatMap((cell) => {
    const [row, column] = [rows.indexOf(cell.from), columns.indexOf(target(cell))];
    if (row < 0 || column < 0) return [];
    const [x, y] = [column * pitch + 1, row * pitch + 1];
    if (!satisfied(cell))
      return [square('t-wrong', x, y), element('path', { class: 't-cross', d: `M${x + 3} ${y + 3}l4 4m0-4l-4 4` })];
    if (cell.expected === 'allowed') return [square('t-allowed', x, y)];
    return [square('t-denied', x, y), element('path', { class: 't-dash', d: `M${x + 3} ${y + 5}h4` })];
  });
  const [width, height] = [columns.length * pitch, rows.length * pitch];
  return element(
    'svg',
    { class: 'thumbnail', width, height, viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' },
    ...squares,
  );
}

function square(name: string, x: number, y: number): string {
  return element('rect', { class: name, x, y, width: size, height: size, rx: 2 });
}

/** Who dials, and who is dialled, Pods in the same order in both: a Pod's row and column meet on the diagonal. */
export function axesOf(cells: readonly Cell[]): { rows: string[]; columns: Map<string, Cell> } {
  const rows = [...new Set(cells.map(({ from }) => from))];
  const order = [...new Set([...rows, ...cells.map(({ to }) => to)])];
  const columns = cells.toSorted((a, b) => order.indexOf(a.to) - order.indexOf(b.to) || a.port - b.port);
  return { rows, columns: new Map(columns.map((cell) => [target(cell), cell])) };
}

export function target({ to, port, protocol }: Cell): string {
  return `${to} ${protocol}/${port}`;
}
