import type { Cell } from './cell.ts';
import type { ProxyName } from './proxies.ts';

export interface Row {
  size: number;
  proxy: ProxyName;
  cell: Cell;
}

export const report = (rows: Row[]): string => JSON.stringify(rows, (key, value) => (key.endsWith('Us') ? undefined : (value as unknown)), 1);
