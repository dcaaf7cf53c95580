import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** Where things are on a node. All are seen from the node; the agent puts its host root in front. */
export const paths = {
  socketDirectory: '/run/netvet-cni',
  /** Known to the plugin script too. */
  socket: '/run/netvet-cni/agent.sock',
  /** Held by the one agent that works: see lock.ts. */
  lock: '/run/netvet-cni/agent.lock',
  attachments: '/var/lib/cni/netvet/attachments',
  /** DEL requests that came while there was no agent. Known to the plugin script too. */
  deletions: '/var/lib/cni/netvet/deletions',
  /** host-local's place and format, so that its tools can read it: <directory>/<network>/<address>. */
  leases: '/var/lib/cni/networks/netvet',
  plugins: '/opt/cni/bin',
  configurations: '/etc/cni/net.d',
};

function unless<T>(missing: T, read: () => T): T {
  try {
    return read();
  } catch {
    return missing;
  }
}

/** Undefined: it cannot be read, or is not there. */
export const readIfThere = (file: string): string | undefined => unless(undefined, () => readFileSync(file, 'utf8'));

/** Names of the files of a directory; none if it is not there. */
export const namesIn = (directory: string): string[] => unless([], () => readdirSync(directory));

/** Puts a file in its place as a whole, by rename; what a failure leaves is what was there before. */
export function replaceFile(file: string, content: string, mode: number): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.tmp`;
  try {
    writeFileSync(temporary, content);
    chmodSync(temporary, mode);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

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
 * root of whoever asks, which is the agent's own: /proc/1/root/var/run, a link to /run, would be the container's /run.
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

/** Where a symbolic link leads. Undefined: nowhere, as /proc's own (`net:[4026531840]`), or there is none. */
function linkAt(path: string): string | undefined {
  const target = unless(undefined, () => readlinkSync(path));
  return target !== undefined && /^\w+:\[\d+\]$/.test(target) ? undefined : target;
}
