/**
 * The records of the cluster's names, as the Kubernetes DNS-Based Service Discovery specification 1.1.0 lays them down.
 * https://github.com/kubernetes/dns/blob/master/docs/specification.md
 * Where that is silent, as CoreDNS's kubernetes plugin answers: SRV also at a Service's own name, names of endpoints
 * without a host name.
 */
import { isIPv4 } from 'node:net';
import type { EndpointPort, Service } from '../kinds.ts';
import type { Cluster, ReadyEndpoint } from './directory.ts';
import { type Data, type Name, nameOf, types } from './message.ts';

export const zone: Name = ['cluster', 'local'];
const specification = '1.1.0';

/** Records at a name; an empty list: the name exists, with no records of its own; undefined: there is no such name. */
export type Records = Data[] | undefined;

const a = (address: string): Data => ({ type: types.A, address });
const exists: Data[] = [];

/** Records at `labels` below the zone, all in lower case. */
export function recordsInZone(cluster: Cluster, labels: Name): Records {
  const [root, namespace, name, ...more] = labels.toReversed();
  if (root === undefined) return exists;
  if (root === 'dns-version') return labels.length === 1 ? [{ type: types.TXT, texts: [specification] }] : undefined;
  if (root !== 'svc' && root !== 'pod') return undefined;
  if (namespace === undefined) return exists;
  if (!cluster.hasNamespace(namespace)) return undefined;
  if (name === undefined) return exists;
  const below = more.toReversed();
  return root === 'pod' ? ofPod(name, below) : inService(cluster, cluster.service(namespace, name), below);
}

/** `1-2-3-4`: the address itself, also where there is no such Pod (CoreDNS's `pods insecure`). */
function ofPod(name: string, below: Name): Records {
  const address = name.replaceAll('-', '.');
  return below.length === 0 && isIPv4(address) && !name.includes('.') ? [a(address)] : undefined;
}

function inService(cluster: Cluster, service: Service | undefined, below: Name): Records {
  if (!service) return undefined;
  if (service.spec.type === 'ExternalName')
    return below.length === 0 ? [{ type: types.CNAME, target: nameOf(service.spec.externalName ?? '') }] : undefined;
  if (below.length === 0) return ofService(cluster, service);
  if (below.at(-1)?.startsWith('_')) return ofPort(cluster, service, below);
  return below.length === 1 ? ofEndpoint(cluster, service, below[0] as string) : undefined;
}

const isHeadless = ({ spec }: Service): boolean => spec.clusterIP === 'None';

const serviceName = ({ metadata }: Service): Name => [metadata.name, metadata.namespace as string, 'svc', ...zone];

const addressesOf = (endpoints: ReadyEndpoint[]): Data[] =>
  [...new Set(endpoints.map(({ address }) => address))].map(a);

function ofService(cluster: Cluster, service: Service): Records {
  if (!isHeadless(service))
    return service.spec.clusterIP ? [a(service.spec.clusterIP), ...srv(cluster, service)] : exists;
  const addresses = addressesOf(cluster.readyEndpoints(service));
  // a headless Service without ready endpoints has no name (specification 2.4.1)
  return addresses.length > 0 ? [...addresses, ...srv(cluster, service)] : undefined;
}

/** The name of an endpoint: its host name, or its address with dashes. */
const endpointLabel = ({ address, hostname }: ReadyEndpoint): string => hostname ?? address.replaceAll('.', '-');

function ofEndpoint(cluster: Cluster, service: Service, label: string): Records {
  const all = cluster.readyEndpoints(service).filter((each) => endpointLabel(each) === label);
  if (all.length === 0) return undefined;
  const targets = all.flatMap(({ ports }) =>
    ports.flatMap(({ port }) => srvOf([label, ...serviceName(service)], port)),
  );
  return [...addressesOf(all), ...targets];
}

/** `_port._protocol` or `_protocol` before the Service's name. */
function ofPort(cluster: Cluster, service: Service, labels: Name): Records {
  const protocol = labels.at(-1)?.slice(1) ?? '';
  if (labels.length === 1) {
    const known = (service.spec.ports ?? []).some((port) => protocolOf(port) === protocol);
    return known ? exists : undefined;
  }
  const [name] = labels;
  if (labels.length > 2 || !name?.startsWith('_')) return undefined;
  const records = srv(cluster, service, { name: name.slice(1), protocol });
  return records.length > 0 ? records : undefined;
}

const protocolOf = ({ protocol = 'TCP' }: EndpointPort): string => protocol.toLowerCase();

/** SRV records of the Service's ports: to the Service, or to each ready endpoint of a headless one. */
function srv(cluster: Cluster, service: Service, only?: { name: string; protocol: string }): Data[] {
  const wanted = (port: EndpointPort): boolean =>
    !only || (only.name !== '' && port.name === only.name && protocolOf(port) === only.protocol);
  if (!isHeadless(service))
    return (service.spec.ports ?? []).filter(wanted).flatMap(({ port }) => srvOf(serviceName(service), port));
  return cluster
    .readyEndpoints(service)
    .flatMap((each) =>
      each.ports.filter(wanted).flatMap(({ port }) => srvOf([endpointLabel(each), ...serviceName(service)], port)),
    );
}

const srvOf = (target: Name, port: number | undefined): Data[] =>
  port === undefined ? [] : [{ type: types.SRV, priority: 0, weight: 100, port, target }];

/** Records at `labels` below in-addr.arpa: names of ClusterIPs, and of headless endpoints that have a host name. */
export function recordsInReverse(cluster: Cluster, labels: Name): Records {
  if (labels.length > 4 || labels.some((octet) => !/^\d{1,3}$/.test(octet))) return undefined;
  if (labels.length < 4) return exists;
  const address = labels.toReversed().join('.');
  const targets: Name[] = [];
  for (const service of cluster.services()) {
    if (service.spec.clusterIP === address) targets.push(serviceName(service));
    for (const each of isHeadless(service) ? cluster.readyEndpoints(service) : [])
      if (each.address === address && each.hostname) targets.push([each.hostname, ...serviceName(service)]);
  }
  return targets.length > 0 ? targets.map((target) => ({ type: types.PTR, target })) : undefined;
}
