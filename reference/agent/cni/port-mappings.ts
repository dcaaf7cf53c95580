import { isIPv4, isIPv6 } from 'node:net';
import type { PortMapping } from '../../model/index.ts';
import { inRange, isObject } from './environment.ts';
import { CniError, codes } from './errors.ts';

const form = 'hostPort and containerPort from 1 to 65535, protocol tcp, udp or sctp, hostIP an address or left out';

/**
 * Checks the one capability that the configuration list declares: code 7, with all that is wrong, for anything else
 * than port mappings. Whatever else stands in runtimeConfig is not for netvet.
 */
export function portMappings(runtimeConfig: unknown): PortMapping[] {
  const list = isObject(runtimeConfig) ? (runtimeConfig.portMappings ?? []) : [];
  if (!Array.isArray(list)) throw new CniError(codes.badConfig, '"runtimeConfig.portMappings" is no list');
  const mistakes: string[] = [];
  const mappings = list.flatMap((entry: unknown) => {
    const fields = fieldsOf(entry);
    const { hostport: hostPort = 0, containerport: containerPort, protocol = 'tcp', hostip: hostIP = '' } = fields;
    // runtimes pass every port of the Pod; those without a host port carry 0
    if (hostPort === 0) return [];
    const name = typeof protocol === 'string' ? protocol.toUpperCase() : '';
    const ports = inRange(hostPort, 1, 65535) && inRange(containerPort, 1, 65535);
    // IPv6 addresses of the node are not served: netvet knows IPv4 only
    if (ports && typeof hostIP === 'string' && isIPv6(hostIP)) return [];
    const address = hostIP === '' || (typeof hostIP === 'string' && isIPv4(hostIP));
    if (!ports || !address || !['TCP', 'UDP', 'SCTP'].includes(name)) {
      mistakes.push(`"runtimeConfig.portMappings" holds what is none: ${JSON.stringify(entry)} (${form})`);
      return [];
    }
    const mapping = { hostPort, containerPort, protocol: name, ...(hostIP !== '' && { hostIP }) };
    return [mapping as PortMapping];
  });
  if (mistakes.length > 0) throw new CniError(codes.badConfig, mistakes.join('; '));
  return mappings;
}

/**
 * By names in lower case, because Go's decoder, by which every other plugin reads them, takes them in any: containerd
 * sends "HostPort" where the conventions say "hostPort" (go-cni's PortMapping has no JSON names).
 */
const fieldsOf = (entry: unknown): Record<string, unknown> =>
  isObject(entry) ? Object.fromEntries(Object.entries(entry).map(([name, value]) => [name.toLowerCase(), value])) : {};
