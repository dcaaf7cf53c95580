import { statSync } from 'node:fs';

/** The node's files as the agent's own file system calls reach them. */
export interface NodeFiles {
  /** Where a path of the node is for the agent. */
  path(onNode: string): string;
  /** What a path of the node is, as far as network namespaces go. */
  netns(onNode: string): 'own' | 'other' | 'missing' | 'no namespace';
}

export function nodeFiles(root: string): NodeFiles {
  const path = (onNode: string) => root + onNode;
  return {
    path,
    netns(onNode) {
      const own = statSync('/proc/self/ns/net');
      const stat = statSync(path(onNode), { throwIfNoEntry: false });
      if (stat === undefined) return 'missing';
      // all namespaces are files of one file system of the kernel; the inode says which
      if (stat.dev !== own.dev) return 'no namespace';
      return stat.ino === own.ino ? 'own' : 'other';
    },
  };
}
