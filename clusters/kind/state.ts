import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where a cluster's kubeconfig lies: with the user, since other commands than the one that made the cluster use it. */
export function clusterDirectory(name: string): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'netvet/kind', name);
}
