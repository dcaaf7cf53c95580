import type { DataTable } from '@cucumber/cucumber';
import type { Pickle } from '@cucumber/messages';
import { parseMatrix, parseTarget } from './probe/index.ts';
import type { Pair, Role } from './stage.ts';

/** `app=database, tier=data` -> {app: 'database', tier: 'data'}. */
export function pairs(text: string): Record<string, string> {
  const words = text.split(',').map((word) => word.trim());
  return Object.fromEntries(words.filter((word) => word !== '').map((word) => word.split('=', 2) as [string, string]));
}

/** The rows of "the namespaces": name -> labels. */
export function namespacesIn(table: DataTable): Record<string, Record<string, string>> {
  return Object.fromEntries(table.hashes().map((row) => [row['namespace'], pairs(row['labels'] ?? '')]));
}

/** The rows of "the Pods". */
export function rolesIn(table: DataTable): Role[] {
  return table.hashes().map((row) => ({
    name: row['Pod'] as string,
    namespace: row['namespace'] as string,
    labels: pairs(row['labels'] ?? ''),
    node: Number(row['node'] ?? 1),
    namedPorts: numbers(row['named ports'] ?? ''),
  }));
}

const numbers = (text: string): Record<string, number> =>
  Object.fromEntries(Object.entries(pairs(text)).map(([name, number]) => [name, Number(number)]));

/** `database, replica` -> ['database', 'replica']. */
export const listed = (text: string): string[] => text.split(',').map((word) => word.trim());

/** The cells between Pods that the matrices of a scenario will probe, whatever they expect of them. */
export function pairsIn(pickle: Pickle): Pair[] {
  const matrices = pickle.steps
    .filter(({ text }) => text === 'the connections are:')
    .map(({ argument }) => argument?.dataTable);
  return matrices.flatMap((table) => {
    const raw = (table?.rows ?? []).map(({ cells }) => cells.map(({ value }) => value));
    return parseMatrix(raw).flatMap(({ from, to }): Pair[] => {
      const { kind, name, port = 8080, protocol } = parseTarget(to);
      return kind === 'Pod' ? [{ from, to: name, port, protocol }] : [];
    });
  });
}
