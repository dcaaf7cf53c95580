import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Node } from '../../node/index.ts';
import { sleep } from '../wait.ts';
import {
  type Attachment,
  argumentsOf,
  CniError,
  type CniResult,
  type NetworkConfig,
  type PluginConfig,
} from './types.ts';

/** Where plugins lie on a node. */
const pluginDirectory = '/opt/cni/bin';

/** A plugin that takes longer is stopped: the time the kubelet gives its runtime. */
const timeoutMs = 120_000;

/** What a plugin is told beside its configuration. STATUS and GC concern no attachment. */
interface Details {
  attachment?: Attachment;
  prevResult?: CniResult | undefined;
  extra?: Record<string, unknown>;
}

/** What a plugin reads on stdin: its object, the list's version and name, only capabilities that it declares. */
function requestOf(config: NetworkConfig, plugin: PluginConfig, { attachment, prevResult, extra }: Details): object {
  const { capabilities, ...own } = plugin;
  const offered = Object.entries(attachment?.capabilities ?? {});
  const declared = offered.filter(([name]) => capabilities?.[name] === true);
  return {
    ...own,
    cniVersion: config.cniVersion,
    name: config.name,
    ...(declared.length > 0 && { runtimeConfig: Object.fromEntries(declared) }),
    ...(prevResult && { prevResult }),
    ...extra,
  };
}

/** Runs one plugin once, in the node's namespaces. Gives what it printed; throws CniError for anything but success. */
export async function ask(
  node: Node,
  config: NetworkConfig,
  plugin: PluginConfig,
  verb: 'ADD' | 'DEL' | 'STATUS' | 'GC',
  details: Details = {},
): Promise<string> {
  const { type } = plugin;
  const { attachment } = details;
  const fail = (message: string, code?: number) =>
    new CniError(`plugin type="${type}" failed (${verb.toLowerCase()}): ${message}`, code);
  if (type.includes('/')) throw fail(`invalid plugin name: ${type}`);
  if (!existsSync(join(node.state, 'opt-cni/bin', type)))
    throw fail(`failed to find plugin "${type}" in path [${pluginDirectory}]`);
  const env = {
    PATH: process.env['PATH'] ?? '',
    CNI_COMMAND: verb,
    CNI_PATH: pluginDirectory,
    ...(attachment && {
      CNI_CONTAINERID: attachment.containerId,
      CNI_NETNS: attachment.netns,
      CNI_IFNAME: attachment.ifname,
      CNI_ARGS: argumentsOf(attachment)
        .map((pair) => pair.join('='))
        .join(';'),
    }),
  };
  const stdin = JSON.stringify(requestOf(config, plugin, details));
  for (let attempt = 0; ; attempt += 1) {
    const { exitCode, stdout, stderr } = await node.shim.run([`${pluginDirectory}/${type}`], { env, stdin, timeoutMs });
    if (exitCode === 0) return stdout;
    // somebody is writing the file: libcni tries again as well
    if (stderr.includes('Text file busy') && attempt < 5) {
      await sleep(200);
      continue;
    }
    const { message, code } = explain(stdout, stderr);
    throw fail(message, code);
  }
}

/** The error object on stdout if there is one, else whatever was printed. */
function explain(stdout: string, stderr: string): { message: string; code?: number } {
  try {
    const { code, msg, details } = JSON.parse(stdout) as { code?: number; msg?: string; details?: string };
    if (typeof code === 'number')
      return { message: `${[msg, details].filter(Boolean).join('; ')} (code ${code})`, code };
  } catch {
    // not an error object
  }
  if (stdout.trim() !== '') return { message: `netplugin failed: ${stdout.trim()}` };
  return { message: `netplugin failed with no error message: ${stderr.trim()}` };
}
