/** What DNS needs to know of the cluster, kept up to date by list and watch. */
import type { EndpointPort, EndpointSlice, Service } from '../kinds.ts';
import type { KubeObject } from '../objects.ts';

const serviceOf = ({ metadata: { namespace, labels } }: KubeObject): string =>
  `${namespace}/${labels?.['kubernetes.io/service-name']}`;

const keyOf = ({ metadata: { namespace, name } }: KubeObject): string => `${namespace ?? ''}/${name}`;

export type Kind = 'Namespace' | 'Service' | 'EndpointSlice';

/** Filled object by object. */
export class Cluster {
  readonly #objects: Record<Kind, Map<string, KubeObject>> = {
    Namespace: new Map(),
    Service: new Map(),
    EndpointSlice: new Map(),
  };
  /** Slices by the key of their Service, and then by their own. */
  readonly #slices = new Map<string, Map<string, EndpointSlice>>();

  hasNamespace(name: string): boolean {
    return this.#objects.Namespace.has(`/${name}`);
  }

  service(namespace: string, name: string): Service | undefined {
    return this.#objects.Service.get(`${namespace}/${name}`) as Service | undefined;
  }

  services(): Iterable<Service> {
    return this.#objects.Service.values() as Iterable<Service>;
  }

  /** Endpoints that count as ready (an absent condition means it is), IPv4 only. */
  readyEndpoints(service: Service): ReadyEndpoint[] {
    const slices = [...(this.#slices.get(keyOf(service))?.values() ?? [])];
    return slices
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
    const present = new Set(objects.map(keyOf));
    for (const [key, object] of this.#objects[kind]) if (!present.has(key)) this.delete(kind, object);
    for (const object of objects) this.set(kind, object);
  }

  set(kind: Kind, object: KubeObject): void {
    this.delete(kind, object);
    this.#objects[kind].set(keyOf(object), object);
    if (kind !== 'EndpointSlice') return;
    const service = serviceOf(object);
    const slices = this.#slices.get(service) ?? new Map<string, EndpointSlice>();
    this.#slices.set(service, slices.set(keyOf(object), object as EndpointSlice));
  }

  delete(kind: Kind, object: KubeObject): void {
    const key = keyOf(object);
    const old = this.#objects[kind].get(key);
    this.#objects[kind].delete(key);
    if (kind !== 'EndpointSlice' || !old) return;
    const slices = this.#slices.get(serviceOf(old));
    slices?.delete(key);
    if (slices?.size === 0) this.#slices.delete(serviceOf(old));
  }
}

export interface ReadyEndpoint {
  address: string;
  hostname: string | undefined;
  ports: EndpointPort[];
}
