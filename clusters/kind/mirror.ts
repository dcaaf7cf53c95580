import type Docker from 'dockerode';
import { writeIn } from './exec.ts';

/** For all registries: https://github.com/containerd/containerd/blob/main/docs/hosts.md */
export function hostsFile(mirror: string): string {
  const url = mirror.includes('://') ? mirror : `https://${mirror}`;
  const { origin, pathname } = new URL(url);
  // a path on the mirror replaces the API's own prefix
  const inPath = pathname.length > 1;
  const server = inPath ? `${origin}/v2${pathname.replace(/\/$/, '')}` : origin;
  return `[host."${server}"]\n  capabilities = ["pull", "resolve"]\n${inPath ? '  override_path = true\n' : ''}`;
}

/** Has the nodes pull everything from the mirror, for machines that reach a registry of their own only. */
export async function mirrorRegistries(nodes: Docker.Container[], mirror: string): Promise<void> {
  const file = '/etc/containerd/certs.d/_default/hosts.toml';
  await Promise.all(nodes.map((node) => writeIn(node, file, hostsFile(mirror))));
}
