import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Attachment, argumentsOf, type CniResult, type NetworkConfig } from './types.ts';

/** What is remembered of an ADD, in libcni's own file format (/var/lib/cni/results on the node): DEL is given it back. */
export interface Cached {
  kind: 'cniCacheV1';
  containerId: string;
  /** base64 of the configuration's source. */
  config: string;
  ifName: string;
  networkName: string;
  netns: string;
  cniArgs: [string, string][];
  capabilityArgs: Record<string, unknown>;
  result: CniResult;
}

const directory = (state: string) => join(state, 'var-lib-cni/results');
const file = (state: string, network: string, { containerId, ifname }: Pick<Attachment, 'containerId' | 'ifname'>) =>
  join(directory(state), `${network}-${containerId}-${ifname}`);

export function remember(state: string, config: NetworkConfig, attachment: Attachment, result: CniResult): void {
  const cached: Cached = {
    kind: 'cniCacheV1',
    containerId: attachment.containerId,
    config: Buffer.from(config.source).toString('base64'),
    ifName: attachment.ifname,
    networkName: config.name,
    netns: attachment.netns,
    cniArgs: argumentsOf(attachment),
    capabilityArgs: attachment.capabilities,
    result,
  };
  mkdirSync(directory(state), { recursive: true });
  writeFileSync(file(state, config.name, attachment), JSON.stringify(cached), { mode: 0o600 });
}

/** A cache that cannot be read is as good as none: the plugin then gets no prevResult. */
export function recall(
  state: string,
  network: string,
  attachment: Pick<Attachment, 'containerId' | 'ifname'>,
): Cached | undefined {
  try {
    return JSON.parse(readFileSync(file(state, network, attachment), 'utf8')) as Cached;
  } catch {
    return undefined;
  }
}

export function forget(state: string, network: string, attachment: Pick<Attachment, 'containerId' | 'ifname'>): void {
  rmSync(file(state, network, attachment), { force: true });
}

/** Every attachment of a network that is remembered. */
export function remembered(state: string, network: string): Cached[] {
  let names: string[];
  try {
    names = readdirSync(directory(state));
  } catch {
    return []; // nothing has been added yet
  }
  return names.flatMap((name) => {
    try {
      const cached = JSON.parse(readFileSync(join(directory(state), name), 'utf8')) as Cached;
      return cached.networkName === network ? [cached] : [];
    } catch {
      return [];
    }
  });
}
