/** What DNS needs to know of the cluster, kept up to date by list and watch. */
import type { Endpoint, EndpointSlice, Service } from '../kinds.ts';
import type { KubeObject } from '../objects.ts';

const serviceLabel = 'kubernetes.io/service-name';

const serviceOf = ({ metadata: { namespace, labels } }: KubeObject): string => `${namespace}/${labels?.[serviceLabel]}`;

const keyOf = ({ metadata: { namespace, name } }: KubeObject): string => `${namespace ?? ''}/${name}`;

export type Kind = 'Namespace' | 'Service' | 'EndpointSlice';

export interface Directory {
  hasNamespace(name: string): boolean;
  service(namespace: string, name: string): Service | undefined;
  services(): Iterable<Service>;
  slices(namespace: string, service: string): EndpointSlice[];
}

/** A directory that is filled object by object. */
export class Cluster implements Directory {
  readonly #namespaces = new Map<string, KubeObject>();
  readonly #services = new Map<string, Service>();
  readonly #slices = new Map<string, EndpointSlice>();
  /** Keys of slices by the key of their Service. */
  readonly #byService = new Map<string, Set<string>>();

  hasNamespace(name: string): boolean {
    return this.#namespaces.has(`/${name}`);
  }

  service(namespace: string, name: string): Service | undefined {
    return this.#services.get(`${namespace}/${name}`);
  }

  services(): Iterable<Service> {
    return this.#services.values();
  }

  slices(namespace: string, service: string): EndpointSlice[] {
    return [...(this.#byService.get(`${namespace}/${service}`) ?? [])].flatMap((key) => this.#slices.get(key) ?? []);
  }

  /** These are all objects of the kind that there are. */
  replace(kind: Kind, objects: KubeObject[]): void {
    const present = new Set(objects.map(keyOf));
    for (const object of [...this.#table(kind).values()]) if (!present.has(keyOf(object))) this.delete(kind, object);
    for (const object of objects) this.set(kind, object);
  }

  set(kind: Kind, object: KubeObject): void {
    this.delete(kind, object);
    const key = keyOf(object);
    this.#table(kind).set(key, object);
    if (kind !== 'EndpointSlice') return;
    const service = serviceOf(object);
    this.#byService.set(service, (this.#byService.get(service) ?? new Set()).add(key));
  }

  delete(kind: Kind, object: KubeObject): void {
    const key = keyOf(object);
    const old = this.#table(kind).get(key);
    this.#table(kind).delete(key);
    if (kind !== 'EndpointSlice' || !old) return;
    const service = serviceOf(old);
    this.#byService.get(service)?.delete(key);
    if (this.#byService.get(service)?.size === 0) this.#byService.delete(service);
  }

  #table(kind: Kind): Map<string, KubeObject> {
    return { Namespace: this.#namespaces, Service: this.#services, EndpointSlice: this.#slices }[kind];
  }
}

export interface ReadyEndpoint {
  address: string;
  endpoint: Endpoint;
  ports: EndpointSlice['ports'];
}

/** Endpoints that count as ready (an absent condition means it is), IPv4 only. */
export function readyEndpoints(directory: Directory, { metadata }: Service): ReadyEndpoint[] {
  const slices = directory.slices(metadata.namespace as string, metadata.name);
  return slices
    .filter(({ addressType }) => addressType === 'IPv4')
    .flatMap(({ endpoints, ports }) =>
      (endpoints ?? [])
        .filter(({ conditions }) => conditions?.ready !== false)
        .flatMap((endpoint) => endpoint.addresses.map((address) => ({ address, endpoint, ports: ports ?? [] }))),
    );
}
