import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Attachment, type AttachmentId, argumentsOf, type CniResult, type NetworkConfig } from './types.ts';

/** What is remembered of an ADD, in libcni's own format (/var/lib/cni/results on the node): DEL is given it back. */
type Cached = ReturnType<typeof toCache>;

const toCache = (config: NetworkConfig, attachment: Attachment, result: CniResult) => ({
  kind: 'cniCacheV1',
  containerId: attachment.containerId,
  config: Buffer.from(config.source).toString('base64'),
  ifName: attachment.ifname,
  networkName: config.name,
  netns: attachment.netns,
  cniArgs: argumentsOf(attachment),
  capabilityArgs: attachment.capabilities,
  result,
});

const directory = (state: string) => join(state, 'var-lib-cni/results');
const file = (network: string, { containerId, ifname }: AttachmentId) => `${network}-${containerId}-${ifname}`;

export function remember(state: string, config: NetworkConfig, attachment: Attachment, result: CniResult): void {
  const text = JSON.stringify(toCache(config, attachment, result));
  mkdirSync(directory(state), { recursive: true });
  writeFileSync(join(directory(state), file(config.name, attachment)), text, { mode: 0o600 });
}

/** A cache that cannot be read is as good as none: the plugin then gets no prevResult. */
function read(state: string, name: string): Cached | undefined {
  try {
    return JSON.parse(readFileSync(join(directory(state), name), 'utf8')) as Cached;
  } catch {
    return undefined;
  }
}

export const recall = (state: string, network: string, attachment: AttachmentId): Cached | undefined =>
  read(state, file(network, attachment));

export function forget(state: string, network: string, attachment: AttachmentId): void {
  rmSync(join(directory(state), file(network, attachment)), { force: true });
}

/** Every attachment of a network that is remembered. */
export function remembered(state: string, network: string): Cached[] {
  mkdirSync(directory(state), { recursive: true });
  const all = readdirSync(directory(state)).flatMap((name) => read(state, name) ?? []);
  return all.filter(({ networkName }) => networkName === network);
}
