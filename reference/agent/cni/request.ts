import type { PortMapping } from '../../model/index.ts';
import { checkEnvironment, inRange, isObject, isSafeName, type PodReference, podOf } from './environment.ts';
import { asCniError, CniError, codes } from './errors.ts';
import { portMappings } from './port-mappings.ts';
import { type CniResult, parseResult } from './result.ts';
import { allowsVerb, supportedVersions } from './versions.ts';

/** What came over the socket: the plugin's CNI_* environment and its standard input, nothing checked yet. */
export interface Raw {
  env: Record<string, string>;
  stdin: string;
}

/** A checked request for one attachment: ADD, DEL or CHECK. */
export interface AttachmentRequest {
  verb: 'ADD' | 'DEL' | 'CHECK';
  version: string;
  network: string;
  containerId: string;
  ifname: string;
  /** Empty when the runtime has none any more (DEL). */
  netns: string;
  netnsOverride: boolean;
  pod: PodReference | undefined;
  mtu: number | undefined;
  dns: Record<string, unknown>;
  portMappings: PortMapping[];
  previous: CniResult | undefined;
}

/** A checked request about the whole network. `valid` (GC) are the attachments that are still in use. */
export type NetworkRequest =
  | { verb: 'STATUS'; version: string; network: string }
  | { verb: 'GC'; version: string; network: string; valid: { containerID: string; ifname: string }[] };

/**
 * Checks a request in the order of the Go library's skel package: environment (code 4, all the bad variables in one
 * message), JSON (6), network name (7), version (1), then the fields that are read (7, or 2 for an unsupported one).
 */
export function parseRequest({ env, stdin }: Raw): AttachmentRequest | NetworkRequest {
  const verb = env.CNI_COMMAND ?? '';
  checkEnvironment(verb, env);
  const config = decode(stdin);
  const network = config.name;
  if (typeof network !== 'string' || network === '') throw new CniError(codes.badConfig, 'missing network name');
  if (!isSafeName(network)) {
    throw new CniError(codes.badConfig, 'invalid characters found in network name', network);
  }
  const version = checkVersion(verb, config.cniVersion);
  if (verb === 'STATUS') return { verb, version, network };
  if (verb === 'GC') return { verb, version, network, valid: validAttachments(config) };
  return attachmentRequest(verb as AttachmentRequest['verb'], version, network, env, config);
}

function decode(stdin: string): Record<string, unknown> {
  let config: unknown;
  try {
    config = JSON.parse(stdin);
  } catch (error) {
    const message = 'the network configuration on standard input is no JSON';
    throw new CniError(codes.decode, message, (error as Error).message);
  }
  if (!isObject(config))
    throw new CniError(codes.decode, 'the network configuration on standard input is no JSON object');
  return config;
}

function checkVersion(verb: string, given: unknown): string {
  // the Go library decodes into a string: anything else is a decoding failure there
  if (given !== undefined && typeof given !== 'string') throw new CniError(codes.decode, 'cniVersion is no string');
  const version = given === undefined || given === '' ? '0.1.0' : given;
  if (!supportedVersions.includes(version)) {
    const supported = `supported versions: ${supportedVersions.join(', ')}`;
    throw new CniError(codes.incompatibleVersion, `incompatible CNI version ${JSON.stringify(version)}`, supported);
  }
  if (!allowsVerb(version, verb)) {
    throw new CniError(codes.incompatibleVersion, `the configuration's cniVersion ${version} does not allow ${verb}`);
  }
  return version;
}

/** libcni sends the list under two keys, and none when it has none: that must never mean "nothing is valid". */
function validAttachments(config: Record<string, unknown>): { containerID: string; ifname: string }[] {
  const list = config['cni.dev/valid-attachments'] ?? config['cni.dev/attachments'];
  if (list === undefined || list === null) {
    throw new CniError(codes.badConfig, 'GC needs the list "cni.dev/valid-attachments"; without it nothing is removed');
  }
  const valid = Array.isArray(list) ? list : [undefined];
  if (!valid.every((one) => isObject(one) && typeof one.containerID === 'string' && typeof one.ifname === 'string')) {
    throw new CniError(codes.badConfig, '"cni.dev/valid-attachments" is no list of {containerID, ifname}');
  }
  return valid as { containerID: string; ifname: string }[];
}

function attachmentRequest(
  verb: AttachmentRequest['verb'],
  version: string,
  network: string,
  env: Record<string, string>,
  config: Record<string, unknown>,
): AttachmentRequest {
  const hasPrevious = config.prevResult !== undefined && config.prevResult !== null;
  const previous = hasPrevious ? parseResult(config.prevResult) : undefined;
  // a DEL is given the configuration of its ADD; refusing it for a field would leave the attachment behind for ever
  const strict = verb !== 'DEL';
  if (strict) refuseMistakes(config, hasPrevious && previous === undefined);
  if (verb === 'CHECK' && previous === undefined) throw new CniError(codes.badConfig, 'CHECK needs a "prevResult"');
  return {
    verb,
    version,
    network,
    containerId: env.CNI_CONTAINERID as string,
    ifname: env.CNI_IFNAME as string,
    netns: env.CNI_NETNS ?? '',
    netnsOverride: ['1', 'true'].includes((env.CNI_NETNS_OVERRIDE ?? '').toLowerCase()),
    pod: verb === 'ADD' ? podOf(env.CNI_ARGS ?? '') : undefined,
    mtu: config.mtu as number | undefined,
    dns: isObject(config.dns) ? config.dns : {},
    portMappings: strict ? portMappings(config.runtimeConfig) : [],
    previous,
  };
}

/** Throws one error that names everything wrong with the fields that are read; its code is that of the first. */
function refuseMistakes({ ipam, mtu, dns, runtimeConfig }: Record<string, unknown>, badPrevious: boolean): void {
  const mistakes: CniError[] = [];
  const refuse = (code: number, message: string, details?: string) =>
    mistakes.push(new CniError(code, message, details));
  if (ipam !== undefined && JSON.stringify(ipam) !== '{}') {
    const advice = "addresses come from the node's spec.podCIDR; leave the field out";
    refuse(codes.unsupportedField, `unsupported field "ipam": ${JSON.stringify(ipam)}`, advice);
  }
  if (mtu !== undefined && !inRange(mtu, 68, 65535)) {
    refuse(codes.badConfig, `"mtu" is no number from 68 to 65535: ${JSON.stringify(mtu)}`);
  }
  if (dns !== undefined && dns !== null && !isObject(dns)) {
    refuse(codes.badConfig, `"dns" is no object with "nameservers": ${JSON.stringify(dns)}`);
  }
  if (badPrevious) refuse(codes.badConfig, '"prevResult" is no CNI result');
  try {
    portMappings(runtimeConfig);
  } catch (error) {
    mistakes.push(asCniError(error));
  }
  const [first] = mistakes;
  if (first !== undefined)
    throw new CniError(first.code, mistakes.map(({ message }) => message).join('; '), first.details);
}
