/** What DNS needs to know of the cluster, kept up to date by list and watch. */
import type { EndpointPort, EndpointSlice, Service } from '../kinds.ts';
import type { KubeObject } from '../objects.ts';

const serviceOf = ({ metadata: { namespace, labels } }: KubeObject): string =>
  `${namespace}/${labels?.['kubernetes.io/service-name']}`;

const keyOf = ({ metadata: { namespace, name } }: KubeObject): string => `${namespace ?? ''}/${name}`;

export type Kind = 'Namespace' | 'Service' | 'EndpointSlice';

export interface ReadyEndpoint {
  address: string;
  hostname: string | undefined;
  ports: EndpointPort[];
}

/** Filled object by object. */
export class Cluster {
  readonly #objects = {
    Namespace: new Map<string, KubeObject>(),
    Service: new Map<string, Service>(),
    EndpointSlice: new Map<string, EndpointSlice>(),
  };
  /** Slices by the key of their Service; undefined when one has changed. */
  #slices: Map<string, EndpointSlice[]> | undefined;

  hasNamespace(name: string): boolean {
    return this.#objects.Namespace.has(`/${name}`);
  }

  service(namespace: string, name: string): Service | undefined {
    return this.#objects.Service.get(`${namespace}/${name}`);
  }

  services(): Iterable<Service> {
    return this.#objects.Service.values();
  }

  /** Endpoints that count as ready (an absent condition means it is), IPv4 only. */
  readyEndpoints(service: Service): ReadyEndpoint[] {
    this.#slices ??= Map.groupBy(this.#objects.EndpointSlice.values(), serviceOf);
    return (this.#slices.get(keyOf(service)) ?? [])
      .filter(({ addressType }) => addressType === 'IPv4')
      .flatMap(({ endpoints, ports }) =>
        (endpoints ?? [])
          .filter(({ conditions }) => conditions?.ready !== false)
          .flatMap(({ addresses, hostname }) =>
            addresses.map((address) => ({ address, hostname, ports: ports ?? [] })),
          ),
      );
  }

  /** These are all objects of the kind that there are. */
  replace(kind: Kind, objects: KubeObject[]): void {
    this.#objects[kind].clear();
    for (const object of objects) this.set(kind, object);
    this.#slices = undefined;
  }

  set(kind: Kind, object: KubeObject): void {
    (this.#objects[kind] as Map<string, KubeObject>).set(keyOf(object), object);
    if (kind === 'EndpointSlice') this.#slices = undefined;
  }

  delete(kind: Kind, object: KubeObject): void {
    this.#objects[kind].delete(keyOf(object));
    if (kind === 'EndpointSlice') this.#slices = undefined;
  }
}
