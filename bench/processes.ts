import { readdirSync, readFileSync } from 'node:fs';
import { childrenOf } from './services/usage.ts';

/** Content of a file of /proc; '' where its process has ended. */
export function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Numbers among the names in a directory of /proc. */
export function ids(path: string): number[] {
  try {
    return readdirSync(path).map(Number).filter(Boolean);
  } catch {
    return [];
  }
}

export const argvOf = (pid: number): string => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();

/** A process and all below it. */
export const treeOf = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(treeOf)];
