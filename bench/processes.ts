import { childrenOf, read } from './services/usage.ts';

export const argvOf = (pid: number): string => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();

/** A process and all below it. */
export const treeOf = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(treeOf)];

/** A test Pod's agent, but not the reference CNI's, whose Node has options. */
export const agent = /^\S*node \/netvet\/agent\.mjs/;
