import type { Cell, CellResult } from './cell.ts';
import { satisfies, type Verdict } from './verdict.ts';

const meanings: Record<Verdict, string> = {
  allowed: 'allowed',
  dropped: 'dropped: no answer, and the server saw nothing',
  rejected: 'rejected: refused at once, and the server saw nothing',
  leaked: 'leaked: it reached a server, but the answer did not come back',
  unserved: 'unserved: nobody listens, or the name does not resolve',
  broken: 'broken: the probe itself failed',
};

const arrow = ({ from, to }: Cell): string => `${from.name} -> ${to.name}:${to.port}/${to.protocol}`;

/** What was expected of a cell and what was seen. */
export function sentence({ cell, verdict, report }: CellResult): string {
  const errno = report?.errno === undefined ? '' : ` (${report.errno})`;
  const answered = verdict === 'leaked' && report?.server !== undefined ? `; ${report.server} answered` : '';
  return `${arrow(cell)} should be ${cell.expected}, and was ${meanings[verdict]}${errno}${answered}`;
}

/** What is wrong, one line per cell, then the whole matrix: expected, and where it differs what was seen. */
export function describe(results: CellResult[]): string {
  const wrong = results.filter(({ cell, verdict }) => !satisfies(verdict, cell.expected));
  const clients = [...new Set(results.map(({ cell }) => cell.from.name))];
  const nameOf = ({ cell: { to } }: CellResult) => `${to.name}:${to.port}/${to.protocol}`;
  const targets = [...new Set(results.map(nameOf))];
  const shown = (result: CellResult | undefined) => {
    if (result === undefined) return '-';
    return satisfies(result.verdict, result.cell.expected)
      ? result.verdict
      : `${result.verdict}, not ${result.cell.expected}`;
  };
  const rows = clients.map((client) => [
    client,
    ...targets.map((target) =>
      shown(results.find((result) => result.cell.from.name === client && nameOf(result) === target)),
    ),
  ]);
  const head = `${wrong.length} of ${results.length} connections are not as they should be:`;
  return [head, ...wrong.map((one) => `  ${sentence(one)}`), '', ...table([['', ...targets], ...rows])].join('\n');
}

function table(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((word, column) => word.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}
