/**
 * The records of the cluster's names, as the Kubernetes DNS-Based Service Discovery specification 1.1.0 lays them down.
 * https://github.com/kubernetes/dns/blob/master/docs/specification.md
 * Where that is silent, as CoreDNS's kubernetes plugin answers: SRV also at a Service's own name, names of endpoints without a host name.
 */
import type { EndpointPort, Service } from '../kinds.ts';
import { type Directory, type ReadyEndpoint, readyEndpoints } from './directory.ts';
import { type Data, type Name, nameOf, types } from './message.ts';

export const zone: Name = ['cluster', 'local'];
const specification = '1.1.0';

/** Records at a name; an empty list: the name exists, with no records of its own; undefined: there is no such name. */
export type Records = Data[] | undefined;

const a = (address: string): Data => ({ type: types.A, address });
const exists: Data[] = [];
const inZone = (...labels: string[]): Name => [...labels, ...zone];

/** Records at `labels` below the zone, all in lower case. */
export function recordsInZone(directory: Directory, labels: Name): Records {
  const below = labels.slice(0, -1);
  switch (labels.at(-1)) {
    case undefined:
      return exists;
    case 'dns-version':
      return below.length === 0 ? [{ type: types.TXT, texts: [specification] }] : undefined;
    case 'svc':
      return inServices(directory, below);
    case 'pod':
      return inPods(directory, below);
    default:
      return undefined;
  }
}

/** `1-2-3-4.namespace`: the address itself, whether there is such a Pod or not (CoreDNS's `pods insecure`, kubeadm's default). */
function inPods(directory: Directory, labels: Name): Records {
  const [namespace] = labels.slice(-1);
  if (namespace === undefined) return exists;
  if (!directory.hasNamespace(namespace) || labels.length > 2) return undefined;
  if (labels.length === 1) return exists;
  const octets = (labels[0] as string).split('-');
  const valid = octets.length === 4 && octets.every((octet) => /^(0|[1-9]\d{0,2})$/.test(octet) && Number(octet) < 256);
  return valid ? [a(octets.join('.'))] : undefined;
}

function inServices(directory: Directory, labels: Name): Records {
  const [name, namespace] = labels.slice(-2).length === 2 ? labels.slice(-2) : [undefined, labels[0]];
  if (namespace === undefined) return exists;
  if (!directory.hasNamespace(namespace)) return undefined;
  if (name === undefined) return exists;
  const service = directory.service(namespace, name);
  if (!service) return undefined;
  if (service.spec.type === 'ExternalName') {
    if (labels.length > 2) return undefined;
    return [{ type: types.CNAME, target: nameOf(service.spec.externalName ?? '') }];
  }
  const below = labels.slice(0, -2);
  if (below.length === 0) return ofService(directory, service);
  if (below.at(-1)?.startsWith('_')) return ofPort(directory, service, below);
  return below.length === 1 ? ofEndpoint(directory, service, below[0] as string) : undefined;
}

const isHeadless = ({ spec }: Service): boolean => spec.clusterIP === 'None';

const serviceName = ({ metadata }: Service): Name => inZone(metadata.name, metadata.namespace as string, 'svc');

function ofService(directory: Directory, service: Service): Records {
  if (!isHeadless(service))
    return service.spec.clusterIP ? [a(service.spec.clusterIP), ...srv(directory, service)] : exists;
  const addresses = new Set(readyEndpoints(directory, service).map(({ address }) => address));
  // a headless Service without ready endpoints has no name (specification 2.4.1)
  if (addresses.size === 0) return undefined;
  return [...[...addresses].map(a), ...srv(directory, service)];
}

/** The name of an endpoint: its host name, or its address with dashes. */
const endpointLabel = ({ address, endpoint }: ReadyEndpoint): string =>
  endpoint.hostname ?? address.replaceAll('.', '-');

function ofEndpoint(directory: Directory, service: Service, label: string): Records {
  const all = readyEndpoints(directory, service).filter((each) => endpointLabel(each) === label);
  if (all.length === 0) return undefined;
  const addresses = [...new Set(all.map(({ address }) => address))].map(a);
  const targets = all.flatMap((each) =>
    each.ports.flatMap((port) => srvOf(inZone(label, ...serviceLabels(service)), port.port)),
  );
  return [...addresses, ...targets];
}

const serviceLabels = ({ metadata }: Service): Name => [metadata.name, metadata.namespace as string, 'svc'];

/** `_port._protocol` or `_protocol` before the Service's name. */
function ofPort(directory: Directory, service: Service, labels: Name): Records {
  const protocol = labels.at(-1);
  if (labels.length === 1) {
    const known = (service.spec.ports ?? []).some((port) => `_${(port.protocol ?? 'TCP').toLowerCase()}` === protocol);
    return known ? exists : undefined;
  }
  const [name] = labels;
  if (labels.length > 2 || !name?.startsWith('_')) return undefined;
  const records = srv(directory, service, { name: name.slice(1), protocol: protocol?.slice(1) ?? '' });
  return records.length > 0 ? records : undefined;
}

interface PortFilter {
  name: string;
  protocol: string;
}

/** SRV records of the Service's ports: to the Service, or to each ready endpoint of a headless one. */
function srv(directory: Directory, service: Service, only?: PortFilter): Data[] {
  const wanted = ({ name = '', protocol = 'TCP' }: EndpointPort): boolean =>
    !only || (name !== '' && name === only.name && protocol.toLowerCase() === only.protocol);
  if (!isHeadless(service)) {
    return (service.spec.ports ?? [])
      .filter(({ name, protocol }) => wanted({ ...(name && { name }), ...(protocol && { protocol }) }))
      .flatMap(({ port }) => srvOf(serviceName(service), port));
  }
  return readyEndpoints(directory, service).flatMap((each) =>
    each.ports
      .filter(wanted)
      .flatMap(({ port }) => srvOf(inZone(endpointLabel(each), ...serviceLabels(service)), port)),
  );
}

const srvOf = (target: Name, port: number | undefined): Data[] =>
  port === undefined ? [] : [{ type: types.SRV, priority: 0, weight: 100, port, target }];

/** Records at `labels` below in-addr.arpa: names of ClusterIPs, and of headless endpoints that have a host name. */
export function recordsInReverse(directory: Directory, labels: Name): Records {
  if (labels.length > 4 || labels.some((octet) => !/^\d{1,3}$/.test(octet))) return undefined;
  if (labels.length < 4) return exists;
  const address = labels.toReversed().join('.');
  const targets: Name[] = [];
  for (const service of directory.services()) {
    if (service.spec.clusterIP === address) targets.push(serviceName(service));
    else if (isHeadless(service)) {
      for (const each of readyEndpoints(directory, service)) {
        if (each.address !== address || !each.endpoint.hostname) continue;
        targets.push(inZone(each.endpoint.hostname, ...serviceLabels(service)));
      }
    }
  }
  return targets.length > 0 ? targets.map((target) => ({ type: types.PTR, target })) : undefined;
}
