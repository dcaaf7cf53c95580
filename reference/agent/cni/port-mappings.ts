import { isIPv4, isIPv6 } from 'node:net';
import type { PortMapping } from '../../model/index.ts';
import { CniError, codes } from './errors.ts';
import { inRange, isObject } from './json.ts';

/** The one capability that the configuration list declares; whatever else stands in runtimeConfig is not for netvet. */
/** Checks them: code 7 for anything else than port mappings. */
export function portMappings(runtimeConfig: unknown): PortMapping[] {
  const list = isObject(runtimeConfig) ? (runtimeConfig.portMappings ?? []) : [];
  if (!Array.isArray(list)) throw new CniError(codes.badConfig, '"runtimeConfig.portMappings" is no list');
  return list.flatMap((entry: unknown) => {
    const one = isObject(entry) ? entry : {};
    const { hostPort = 0, containerPort, protocol = 'tcp', hostIP = '' } = one;
    // runtimes pass every port of the Pod; those without a host port carry 0
    if (hostPort === 0) return [];
    const name = typeof protocol === 'string' ? protocol.toUpperCase() : '';
    const ports = inRange(hostPort, 1, 65535) && inRange(containerPort, 1, 65535);
    // IPv6 addresses of the node are not served: netvet knows IPv4 only
    if (ports && typeof hostIP === 'string' && isIPv6(hostIP)) return [];
    const address = hostIP === '' || (typeof hostIP === 'string' && isIPv4(hostIP));
    if (!ports || !address || !['TCP', 'UDP', 'SCTP'].includes(name)) {
      throw new CniError(codes.badConfig, `"runtimeConfig.portMappings" holds what is none: ${JSON.stringify(entry)}`);
    }
    return [
      {
        hostPort: hostPort as number,
        containerPort: containerPort as number,
        protocol: name as PortMapping['protocol'],
        ...(hostIP !== '' && { hostIP }),
      },
    ];
  });
}
