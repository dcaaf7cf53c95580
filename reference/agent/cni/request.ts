import { type PodReference, podOf } from './args.ts';
import { CniError, codes } from './errors.ts';
import { type CniResult, parseResult } from './result.ts';
import { allowsVerb, supportedVersions } from './versions.ts';

/** What came over the socket: the plugin's CNI_* environment and its standard input, nothing checked yet. */
export interface Raw {
  env: Record<string, string>;
  stdin: string;
}

/** `hostPort` of a Pod, as runtimes pass it (CONVENTIONS.md of the CNI project). */
export interface PortMapping {
  hostPort: number;
  containerPort: number;
  protocol: 'TCP' | 'UDP' | 'SCTP';
  hostIP: string | undefined;
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

/** https://www.cni.dev/docs/spec/#parameters: a name that is safe as a part of a path. */
const safeName = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

/** `ip -batch` splits at white space, knows quotes and takes # for a comment; %d in a name is a pattern to the kernel. */
const safeToken = /^[!$&(-~]+$/;
const isSafeToken = (text: string) => safeToken.test(text) && !text.includes('\\') && !text.includes('`');

/** CNI_PATH is optional by the specification (the Go library wants it); netvet starts no other plugin and never reads it. */
const required = new Map([
  ['ADD', ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME']],
  ['DEL', ['CNI_CONTAINERID', 'CNI_IFNAME']],
  ['CHECK', ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME']],
  ['STATUS', []],
  ['GC', []],
]);

/**
 * Checks a request in the order of the Go library's skel package: environment (code 4, all the bad variables in one
 * message), JSON (6), network name (7), version (1), then the fields that netvet reads (7, or 2 for one it must not ignore).
 */
export function parseRequest({ env, stdin }: Raw): AttachmentRequest | NetworkRequest {
  const verb = env.CNI_COMMAND ?? '';
  checkEnvironment(verb, env);
  const config = decode(stdin);
  const network = config.name;
  if (typeof network !== 'string' || network === '') throw new CniError(codes.badConfig, 'missing network name');
  if (!safeName.test(network) || network.length > 200) {
    throw new CniError(codes.badConfig, 'invalid characters found in network name', network);
  }
  const version = checkVersion(verb, config.cniVersion);
  if (verb === 'STATUS') return { verb, version, network };
  if (verb === 'GC') return { verb, version, network, valid: validAttachments(config) };
  return attachmentRequest(verb as AttachmentRequest['verb'], version, network, env, config);
}

function checkEnvironment(verb: string, env: Record<string, string>): void {
  const needed = required.get(verb);
  if (needed === undefined) throw new CniError(codes.badEnvironment, `unknown CNI_COMMAND: ${verb}`);
  const problems = needed.filter((name) => (env[name] ?? '') === '').map((name) => `${name} is missing`);
  const { CNI_CONTAINERID: id = '', CNI_IFNAME: ifname = '', CNI_NETNS: netns = '' } = env;
  if (needed.includes('CNI_CONTAINERID') && id !== '') {
    if (!safeName.test(id)) problems.push('CNI_CONTAINERID has invalid characters');
    else if (id.length > 200) problems.push('CNI_CONTAINERID is longer than 200 characters');
  }
  if (needed.includes('CNI_IFNAME') && ifname !== '') {
    if (Buffer.byteLength(ifname) > 15) problems.push('CNI_IFNAME is longer than 15 characters');
    else if (ifname === '.' || ifname === '..' || /[/:\s]/.test(ifname)) {
      problems.push('CNI_IFNAME is . or .., or contains / or : or white space');
    } else if (!isSafeToken(ifname))
      problems.push('CNI_IFNAME contains a quote, #, %, a backslash or a character outside ASCII');
  }
  // DEL never opens the namespace, so whatever is in there does no harm
  if (
    verb !== 'DEL' &&
    needed.includes('CNI_NETNS') &&
    netns !== '' &&
    !(netns.startsWith('/') && isSafeToken(netns))
  ) {
    problems.push('CNI_NETNS is no absolute path of plain characters');
  }
  if (problems.length > 0)
    throw new CniError(codes.badEnvironment, `bad environment variables: ${problems.join('; ')}`);
}

function decode(stdin: string): Record<string, unknown> {
  let config: unknown;
  try {
    config = JSON.parse(stdin);
  } catch (error) {
    throw new CniError(
      codes.decode,
      'the network configuration on standard input is no JSON',
      (error as Error).message,
    );
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
    throw new CniError(
      codes.incompatibleVersion,
      `incompatible CNI version ${JSON.stringify(version)}`,
      `supported versions: ${supportedVersions.join(', ')}`,
    );
  }
  if (!allowsVerb(version, verb)) {
    throw new CniError(codes.incompatibleVersion, `the configuration's cniVersion ${version} does not allow ${verb}`);
  }
  return version;
}

/** libcni sends the list under two keys, and none at all when it has no list: that must never mean "nothing is valid". */
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
  // a DEL is given the configuration of its ADD; refusing it for a field would leave the attachment behind for ever
  const strict = verb !== 'DEL';
  if (strict && config.ipam !== undefined && JSON.stringify(config.ipam) !== '{}') {
    throw new CniError(
      codes.unsupportedField,
      `unsupported field "ipam": ${JSON.stringify(config.ipam)}`,
      "addresses come from the node's spec.podCIDR; leave the field out",
    );
  }
  if (
    strict &&
    config.mtu !== undefined &&
    !(Number.isInteger(config.mtu) && inRange(config.mtu as number, 68, 65535))
  ) {
    throw new CniError(codes.badConfig, `"mtu" is no number from 68 to 65535: ${JSON.stringify(config.mtu)}`);
  }
  const hasPrevious = config.prevResult !== undefined && config.prevResult !== null;
  const previous = hasPrevious ? parseResult(config.prevResult) : undefined;
  if (strict && hasPrevious && previous === undefined) {
    throw new CniError(codes.badConfig, '"prevResult" is no CNI result');
  }
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

/** The one capability that the configuration list declares; whatever else stands in runtimeConfig is not for netvet. */
function portMappings(runtimeConfig: unknown): PortMapping[] {
  const list = isObject(runtimeConfig) ? (runtimeConfig.portMappings ?? []) : [];
  if (!Array.isArray(list)) throw new CniError(codes.badConfig, '"runtimeConfig.portMappings" is no list');
  return list.flatMap((entry: unknown) => {
    const one = isObject(entry) ? entry : {};
    const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
    const protocol = text(one.protocol ?? 'tcp').toUpperCase();
    const hostIP = one.hostIP === undefined || one.hostIP === '' ? undefined : text(one.hostIP);
    const port = (value: unknown) => Number.isInteger(value) && inRange(value as number, 1, 65535);
    // runtimes pass every port of the Pod; those without hostPort carry 0
    if (one.hostPort === 0 || one.hostPort === undefined) return [];
    if (!port(one.hostPort) || !port(one.containerPort) || !['TCP', 'UDP', 'SCTP'].includes(protocol)) {
      throw new CniError(
        codes.badConfig,
        `"runtimeConfig.portMappings" holds no port mapping: ${JSON.stringify(entry)}`,
      );
    }
    // IPv6 host addresses are not served: netvet is IPv4 only
    if (hostIP?.includes(':')) return [];
    if (hostIP !== undefined && !/^\d{1,3}(\.\d{1,3}){3}$/.test(hostIP)) {
      throw new CniError(codes.badConfig, `"runtimeConfig.portMappings" holds a hostIP that is no address: ${hostIP}`);
    }
    return [
      {
        hostPort: one.hostPort as number,
        containerPort: one.containerPort as number,
        protocol: protocol as PortMapping['protocol'],
        hostIP: hostIP === '0.0.0.0' ? undefined : hostIP,
      },
    ];
  });
}

const inRange = (value: number, low: number, high: number) => value >= low && value <= high;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
