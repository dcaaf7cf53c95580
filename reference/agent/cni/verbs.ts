import type { Attachments } from '../attachments.ts';
import type { PodReference } from './environment.ts';
import { asCniError, CniError, codes } from './errors.ts';
import { type AttachmentRequest, type NetworkRequest, parseRequest, type Raw } from './request.ts';
import { printResult, resultOf } from './result.ts';
import { supportedVersions } from './versions.ts';

/** What the verbs need to know of the node. */
export interface Network {
  attachments: Attachments;
  /** This node's Pod range and the MTU of new Pods; a string says why there is none yet. */
  ready: () => { range: string; mtu: number } | string;
  /** Why Pods that exist may be cut off from changes. Empty: nothing is wrong. */
  ailments: () => string[];
  /** Looks whether the rules are in the kernel; resolves with what is missing. */
  verify: () => Promise<string[]>;
  /** Reads past the watch what decides about a new Pod. */
  refresh: (pod: PodReference) => Promise<void>;
}

/** What the plugin has to print, and its exit code. */
export interface Answer {
  exitCode: number;
  stdout: string;
}

/** Carries out one request. Never rejects: whatever goes wrong becomes the specification's error object. */
export async function answer(network: Network, raw: Raw): Promise<Answer> {
  try {
    return { exitCode: 0, stdout: await carryOut(network, raw) };
  } catch (thrown) {
    const { code, message: msg, details } = asCniError(thrown);
    return { exitCode: 1, stdout: JSON.stringify({ cniVersion: errorVersion(raw.stdin), code, msg, details }) };
  }
}

/** Resolves with what goes to stdout: nothing but the result of an ADD. */
async function carryOut(network: Network, raw: Raw): Promise<string> {
  const request = parseRequest(raw);
  if (request.verb === 'ADD') return add(network, request);
  if (request.verb === 'DEL') await network.attachments.remove(request.containerId, request.ifname);
  if (request.verb === 'CHECK') await check(network, request);
  if (request.verb === 'STATUS') status(network);
  if (request.verb === 'GC') await collect(network, request);
  return '';
}

async function add(network: Network, request: AttachmentRequest): Promise<string> {
  const ready = network.ready();
  if (typeof ready === 'string') throw new CniError(codes.tryAgain, `the node's network is not ready: ${ready}`);
  const { pod, previous, dns, version } = request;
  const known = async () => (pod === undefined ? undefined : network.refresh(pod));
  const entry = await network.attachments.add(request, ready.range, request.mtu ?? ready.mtu, known);
  return printResult(resultOf(entry, previous, dns), version);
}

async function check(network: Network, request: AttachmentRequest): Promise<void> {
  const [attachment, rules] = await Promise.all([network.attachments.check(request), network.verify()]);
  const wrong = [...attachment, ...rules, ...network.ailments()];
  if (wrong.length > 0)
    throw new CniError(codes.checkFailed, `the attachment is not as it should be: ${wrong.join('; ')}`);
}

async function collect({ attachments }: Network, { network, valid }: NetworkRequest & { verb: 'GC' }): Promise<void> {
  const errors = await attachments.collect(network, valid);
  if (errors.length > 0) throw new CniError(codes.dataplane, `GC could not remove everything: ${errors.join('; ')}`);
}

function status({ ready, ailments, attachments }: Network): void {
  const now = ready();
  const reasons = typeof now === 'string' ? [now] : [];
  if (typeof now !== 'string' && attachments.free(now.range) === 0) reasons.push(`no address is free in ${now.range}`);
  const ill = ailments();
  if (reasons.length + ill.length === 0) return;
  const code = ill.length > 0 && attachments.list().length > 0 ? codes.limited : codes.notAvailable;
  throw new CniError(code, `no Pod can be attached: ${[...new Set([...reasons, ...ill])].join('; ')}`);
}

/** An error object carries the configuration's version, as far as that can be read. */
function errorVersion(stdin: string): string {
  try {
    const { cniVersion } = JSON.parse(stdin) as { cniVersion?: unknown };
    if (typeof cniVersion === 'string') return cniVersion;
  } catch {
    // the error says that it is no JSON
  }
  return supportedVersions.at(-1) as string;
}
