import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Node } from '../../node/index.ts';
import {
  type Attachment,
  argumentsOf,
  CniError,
  type CniResult,
  type NetworkConfig,
  type PluginConfig,
} from './types.ts';

type Verb = 'ADD' | 'DEL' | 'STATUS' | 'GC' | 'VERSION';

/** Where plugins lie on a node. */
const pluginDirectory = '/opt/cni/bin';

/** A plugin that takes longer is stopped: the time the kubelet gives its runtime. */
const pluginTimeoutMs = 120_000;

/** What a plugin reads on stdin: its object, the list's version and name, only capabilities that it declares. */
export function requestConfig(
  config: NetworkConfig,
  plugin: PluginConfig,
  more: { attachment?: Attachment; prevResult?: CniResult | undefined; extra?: Record<string, unknown> } = {},
): Record<string, unknown> {
  const { capabilities, ...own } = plugin;
  const offered = Object.entries(more.attachment?.capabilities ?? {});
  const declared = offered.filter(([name]) => capabilities?.[name] === true);
  return {
    ...own,
    cniVersion: config.cniVersion,
    name: config.name,
    ...(declared.length > 0 && { runtimeConfig: Object.fromEntries(declared) }),
    ...(more.prevResult && { prevResult: more.prevResult }),
    ...more.extra,
  };
}

/** CNI_* of a request. STATUS and GC concern no attachment. */
function environment(verb: Verb, attachment: Attachment | undefined): Record<string, string> {
  return {
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
}

/** Runs one plugin once, in the node's namespaces. Gives what it printed; throws CniError for anything but success. */
export async function runPlugin(
  node: Node,
  type: string,
  verb: Verb,
  stdin: Record<string, unknown>,
  attachment?: Attachment,
): Promise<string> {
  const fail = (message: string, code?: number) =>
    new CniError(`plugin type="${type}" failed (${verb.toLowerCase()}): ${message}`, code);
  if (type.includes('/')) throw fail(`invalid plugin name: ${type}`);
  if (!existsSync(join(node.state, 'opt-cni/bin', type)))
    throw fail(`failed to find plugin "${type}" in path [${pluginDirectory}]`);
  const env = { PATH: process.env['PATH'] ?? '', ...environment(verb, attachment) };
  for (let attempt = 0; ; attempt += 1) {
    const result = await node.shim.run([`${pluginDirectory}/${type}`], {
      env,
      stdin: JSON.stringify(stdin),
      timeoutMs: pluginTimeoutMs,
    });
    if (result.exitCode === 0) return result.stdout;
    // somebody is writing the file: libcni tries again as well
    if (result.stderr.includes('Text file busy') && attempt < 5) {
      await delay(200);
      continue;
    }
    const { message, code } = explain(result.stdout, result.stderr);
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
