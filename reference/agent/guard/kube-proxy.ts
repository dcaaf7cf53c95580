import { readlinkSync } from 'node:fs';
import { namesIn, readIfThere } from '../node.ts';

/**
 * Whether a process of that name is on the node's network. Any Pod there may call itself so: alone it proves nothing.
 * `hostRoot`: where the node's files are.
 */
export function isKubeProxyThere(hostRoot: string): boolean {
  const proc = `${hostRoot}/proc`;
  const isNamed = (pid: string) => readIfThere(`${proc}/${pid}/comm`)?.trim() === 'kube-proxy';
  const own = networkOf('/proc/self');
  return namesIn(proc).some((pid) => /^\d+$/.test(pid) && isNamed(pid) && networkOf(`${proc}/${pid}`) === own);
}

function networkOf(process: string): string | undefined {
  try {
    return readlinkSync(`${process}/ns/net`);
  } catch {
    // it has ended
    return undefined;
  }
}
