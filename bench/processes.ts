/** Processes as /proc knows them. One that has ended has nothing to say. */
import { readdirSync, readFileSync } from 'node:fs';

function unlessEnded<T>(nothing: T, look: () => T): T {
  try {
    return look();
  } catch {
    return nothing;
  }
}

/** Content of a file of /proc; '' where its process has ended. */
export const read = (path: string): string => unlessEnded('', () => readFileSync(path, 'utf8'));

/** Ids of a process's children, as this process knows them. */
export function childrenOf(pid: number): number[] {
  const threads = unlessEnded([], () => readdirSync(`/proc/${pid}/task`));
  const text = threads.map((thread) => read(`/proc/${pid}/task/${thread}/children`)).join(' ');
  return text.split(' ').map(Number).filter(Boolean);
}

export const argvOf = (pid: number): string => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();

/** A process and all below it. */
export const treeOf = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(treeOf)];

/** A test Pod's agent, but not the reference CNI's, whose Node has options. */
export const agent = /^\S*node \/netvet\/agent\.mjs/;
