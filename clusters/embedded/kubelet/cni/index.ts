/** The container runtime's half of CNI, as containerd and libcni have it (no CHECK): https://www.cni.dev/docs/spec/. */
import type { Node } from '../../node/index.ts';
import { forget, recall, remember, remembered } from './cache.ts';
import { ask } from './plugin.ts';
import { type Attachment, type AttachmentId, atLeast, CniError, type CniResult, type NetworkConfig } from './types.ts';

export { recall } from './cache.ts';
export { loadConfig, parseConfig } from './config.ts';
export { type Attachment, CniError, type NetworkConfig } from './types.ts';

/** Puts a sandbox on the network: every plugin in order, each given the result before it. Remembers the last one. */
export async function add(node: Node, config: NetworkConfig, attachment: Attachment): Promise<CniResult> {
  let result: CniResult | undefined;
  for (const plugin of config.plugins) {
    const printed = await ask(node, config, plugin, 'ADD', { attachment, prevResult: result });
    try {
      result = JSON.parse(printed) as CniResult;
    } catch {
      throw new CniError(`plugin type="${plugin.type}" failed (add): its result is not JSON: ${printed.slice(0, 200)}`);
    }
  }
  remember(node.state, config, attachment, result as CniResult);
  return result as CniResult;
}

/** Takes a sandbox off the network, last plugin first; stops at the first that fails, as libcni. Repeatable. */
export async function del(node: Node, config: NetworkConfig, attachment: Attachment): Promise<void> {
  // before 0.4.0 a plugin is told nothing of the result
  const isTold = atLeast(config.cniVersion, '0.4.0');
  const prevResult = isTold ? recall(node.state, config.name, attachment)?.result : undefined;
  for (const plugin of config.plugins.toReversed()) await ask(node, config, plugin, 'DEL', { attachment, prevResult });
  forget(node.state, config.name, attachment);
}

const hasStatusAndGc = ({ cniVersion }: NetworkConfig): boolean => atLeast(cniVersion, '1.1.0');

/** Throws the first plugin's CniError that could not serve an ADD now. Nothing to ask below 1.1.0. */
export async function status(node: Node, config: NetworkConfig): Promise<void> {
  if (!hasStatusAndGc(config)) return;
  for (const plugin of config.plugins) await ask(node, config, plugin, 'STATUS');
}

/**
 * Has everything removed that belongs to none of `valid`: first a DEL for each remembered attachment, then GC, which
 * names the valid ones under both keys that are in use (containernetworking/cni#1101). All plugins are asked; what they
 * fail at is tried again the next time.
 */
export async function collectGarbage(node: Node, config: NetworkConfig, valid: AttachmentId[]): Promise<void> {
  if (!hasStatusAndGc(config) || config.disableGC) return;
  const isValid = (id: string, ifname: string) => valid.some((one) => one.containerId === id && one.ifname === ifname);
  for (const { containerId, ifName: ifname, capabilityArgs } of remembered(node.state, config.name)) {
    if (isValid(containerId, ifname)) continue;
    const pod = { namespace: '', name: '', uid: '' };
    await del(node, config, { containerId, ifname, netns: '', pod, capabilities: capabilityArgs }).catch(() => {});
  }
  const list = valid.map(({ containerId, ifname }) => ({ containerID: containerId, ifname }));
  const extra = { 'cni.dev/valid-attachments': list, 'cni.dev/attachments': list };
  for (const plugin of config.plugins) await ask(node, config, plugin, 'GC', { extra }).catch(() => {});
}

/** The addresses of the Pod's interface. Throws CniError if it has none: containerd refuses such a sandbox. */
export function addressesOf({ ips = [], interfaces = [] }: CniResult, ifname: string): string[] {
  const addresses = ips.filter(({ interface: index }) => {
    if (index === undefined) return true;
    const link = interfaces[index];
    if (link === undefined)
      throw new CniError(`invalid result: ips name interface ${index}, and there are ${interfaces.length}`);
    return link.name === ifname;
  });
  if (addresses.length === 0)
    throw new CniError(`failed to find network info for sandbox: the result has no address of ${ifname}`);
  return addresses.map(({ address }) => address.split('/')[0] as string);
}
