import type { Node } from '../../node/index.ts';
import { forget, recall, remember, remembered } from './cache.ts';
import { hasStatusAndGc } from './config.ts';
import { requestConfig, runPlugin } from './plugin.ts';
import { type Attachment, type AttachmentId, atLeast, CniError, type CniResult, type NetworkConfig } from './types.ts';

/**
 * Puts a sandbox on the network: every plugin of the list in order, each given the result before it. Remembers the last
 * result.
 */
export async function add(node: Node, config: NetworkConfig, attachment: Attachment): Promise<CniResult> {
  let result: CniResult | undefined;
  for (const plugin of config.plugins) {
    const stdin = requestConfig(config, plugin, { attachment, prevResult: result });
    const printed = await runPlugin(node, plugin.type, 'ADD', stdin, attachment);
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
  const prevResult = atLeast(config.cniVersion, '0.4.0')
    ? recall(node.state, config.name, attachment)?.result
    : undefined;
  for (const plugin of config.plugins.toReversed()) {
    await runPlugin(node, plugin.type, 'DEL', requestConfig(config, plugin, { attachment, prevResult }), attachment);
  }
  forget(node.state, config.name, attachment);
}

/** Throws the first plugin's CniError that could not serve an ADD now. Nothing to ask below 1.1.0. */
export async function status(node: Node, config: NetworkConfig): Promise<void> {
  if (!hasStatusAndGc(config)) return;
  for (const plugin of config.plugins) await runPlugin(node, plugin.type, 'STATUS', requestConfig(config, plugin));
}

/**
 * Has everything removed that belongs to none of `valid`: first a DEL for each remembered attachment, then GC, which
 * names the valid ones under both keys that are in use (containernetworking/cni#1101). All plugins are asked; gives the
 * errors.
 */
export async function collectGarbage(node: Node, config: NetworkConfig, valid: AttachmentId[]): Promise<CniError[]> {
  if (!hasStatusAndGc(config) || config.disableGC) return [];
  const errors: CniError[] = [];
  const attempt = (work: Promise<unknown>) => work.catch((error: CniError) => errors.push(error));
  const isValid = (id: string, ifname: string) => valid.some((one) => one.containerId === id && one.ifname === ifname);
  for (const { containerId, ifName, capabilityArgs } of remembered(node.state, config.name)) {
    if (isValid(containerId, ifName)) continue;
    const pod = { namespace: '', name: '', uid: '' };
    await attempt(del(node, config, { containerId, ifname: ifName, netns: '', pod, capabilities: capabilityArgs }));
  }
  const list = valid.map(({ containerId, ifname }) => ({ containerID: containerId, ifname }));
  const extra = { 'cni.dev/valid-attachments': list, 'cni.dev/attachments': list };
  for (const plugin of config.plugins)
    await attempt(runPlugin(node, plugin.type, 'GC', requestConfig(config, plugin, { extra })));
  return errors;
}

/** The addresses of the Pod's interface. Throws CniError if it has none: containerd refuses such a sandbox. */
export function addressesOf(result: CniResult, ifname: string): string[] {
  const addresses = (result.ips ?? []).filter(({ interface: index }) => {
    if (index === undefined) return true;
    const link = result.interfaces?.[index];
    if (link === undefined)
      throw new CniError(
        `invalid result: ips name interface ${index}, and there are ${result.interfaces?.length ?? 0}`,
      );
    return link.name === ifname;
  });
  if (addresses.length === 0)
    throw new CniError(`failed to find network info for sandbox: the result has no address of ${ifname}`);
  return addresses.map(({ address }) => address.split('/')[0] as string);
}
