import { readlinkSync, statSync } from 'node:fs';

/** The node's files as the agent's own file system calls reach them. */
export interface NodeFiles {
  /** Where a path of the node is for the agent. */
  path(onNode: string): string;
  /** What a path of the node is, as far as network namespaces go. */
  netns(onNode: string): 'own' | 'other' | 'missing' | 'no namespace';
}

export function nodeFiles(root: string): NodeFiles {
  const path = (onNode: string) => root + resolveOn(root, onNode);
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

/** As many as the kernel follows. */
const mostLinks = 40;

/**
 * The path without symbolic links, as the node itself would follow them. The kernel follows an absolute one from the
 * root of whoever asks, and that is the agent's own: /proc/1/root/var/run, a link to /run, would be the /run of the
 * agent's container.
 */
function resolveOn(root: string, onNode: string): string {
  const left = onNode.split('/');
  let resolved: string[] = [];
  for (let links = 0; left.length > 0; ) {
    const name = left.shift() as string;
    if (name === '' || name === '.') continue;
    if (name === '..') {
      resolved.pop();
      continue;
    }
    const target = linkAt(`${root}/${[...resolved, name].join('/')}`);
    if (target === undefined) {
      resolved.push(name);
      continue;
    }
    links += 1;
    if (links > mostLinks) throw new Error(`${onNode} on the node goes round in symbolic links`);
    if (target.startsWith('/')) resolved = [];
    left.unshift(...target.split('/'));
  }
  return `/${resolved.join('/')}`;
}

/**
 * Where a symbolic link leads; undefined for anything else, and for what is not there. /proc's own (`net:[4026531840]`)
 * lead nowhere.
 */
function linkAt(path: string): string | undefined {
  try {
    const target = readlinkSync(path);
    return /^\w+:\[\d+\]$/.test(target) ? undefined : target;
  } catch {
    return undefined;
  }
}
