/** A Pod's sandbox: network, UTS and IPC namespaces that containers join. They are held by files on the node, not by a process. */
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../command.ts';
import type { Node } from '../node/index.ts';
import { hostnameOf } from './environment.ts';
import type { Pod } from './types.ts';

export interface Sandbox {
  /** 64 hexadecimal digits, as containerd's. */
  id: string;
  /** Path of the network namespace on the node; undefined for a Pod of the node's own network. */
  netns: string | undefined;
  /** argv in front of a command on the node that is to run in its namespaces. */
  join: string[];
}

const directory = (id: string) => `/run/netvet/sandboxes/${id}`;

/** Makes a sandbox. Nothing of it is left if that fails. */
export async function createSandbox(node: Node, pod: Pod): Promise<Sandbox> {
  const id = randomBytes(32).toString('hex');
  if (pod.spec.hostNetwork) {
    return { id, netns: undefined, join: [] };
  }
  const netns = `/run/netns/cni-${randomUUID()}`;
  const files = { net: netns, uts: `${directory(id)}/uts`, ipc: `${directory(id)}/ipc` };
  mkdirSync(join(node.state, directory(id)), { recursive: true });
  for (const file of Object.values(files)) writeFileSync(join(node.state, file), '');
  const sandbox = {
    id,
    netns,
    join: ['nsenter', ...Object.entries(files).map(([kind, file]) => `--${kind}=${file}`), '--'],
  };
  const sysctls = (pod.spec.securityContext?.sysctls ?? []).flatMap(({ name, value }) => [
    name.replaceAll('.', '/'),
    value,
  ]);
  try {
    const unshare = ['unshare', ...Object.entries(files).map(([kind, file]) => `--${kind}=${file}`)];
    const script = ['sh', join(import.meta.dirname, 'sandbox.sh'), hostnameOf(pod), ...sysctls];
    const result = await node.shim.run([...unshare, ...script], {});
    if (result.exitCode !== 0) throw new CommandError([...unshare, ...script], result);
  } catch (error) {
    removeSandbox(node, sandbox);
    throw error;
  }
  return sandbox;
}

/** Idempotent. Removing a file that a namespace is mounted on elsewhere unmounts it there: the kernel then drops the namespace. */
export function removeSandbox(node: Node, sandbox: Sandbox): void {
  if (sandbox.netns === undefined) return;
  rmSync(join(node.state, sandbox.netns), { force: true });
  rmSync(join(node.state, directory(sandbox.id)), { recursive: true, force: true });
}

/** False when somebody removed the network namespace from under the Pod. */
export const sandboxExists = (node: Node, sandbox: Sandbox): boolean =>
  sandbox.netns === undefined || existsSync(join(node.state, sandbox.netns));
