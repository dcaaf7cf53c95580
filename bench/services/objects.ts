import { endpointPort, endpointsOf, podCidrOf, serviceAddress, servicePort } from './addresses.ts';

const services = '/api/v1/namespaces/default/services';
const slices = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';

/** So many requests at once when Services are made by the thousand. */
const atOnce = 16;

const patienceMs = 30_000;

const nameOf = (number: number) => `bench-${number}`;

const service = (number: number) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: nameOf(number) },
  // no selector: nobody but this writes its endpoints
  spec: {
    clusterIP: serviceAddress(number).address,
    ports: [{ port: servicePort, targetPort: endpointPort, protocol: 'TCP' }],
  },
});

const slice = (number: number, generation: 0 | 1) => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: nameOf(number), labels: { 'kubernetes.io/service-name': nameOf(number) } },
  addressType: 'IPv4',
  ports: [{ port: endpointPort, protocol: 'TCP', name: '' }],
  endpoints: endpointsOf(number, generation).map(({ address }) => ({
    addresses: [address],
    conditions: { ready: true },
  })),
});

/** Writes objects straight to the API server at `url`. Rejects with the server's words for what it refuses. */
export class Objects {
  readonly #url: string;
  readonly #nodes = new Set<string>();

  constructor(url: string) {
    this.#url = url;
  }

  /** A node that proxies are started for, if it is not there yet. */
  async ensureNode({ name, address }: { name: string; address: string }): Promise<void> {
    if (this.#nodes.has(name)) return;
    const podCIDR = podCidrOf(this.#nodes.size);
    this.#nodes.add(name);
    const spec = { podCIDR, podCIDRs: [podCIDR] };
    await this.#send('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name }, spec });
    const status = { addresses: [{ type: 'InternalIP', address }] };
    await this.#send('PATCH', `/api/v1/nodes/${name}/status`, { status });
  }

  /** Services from one number up to another, without it. */
  async addServices(from: number, to: number): Promise<void> {
    let next = from;
    const worker = async () => {
      while (next < to) await this.addService(next++);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  }

  /** The endpoints first: with the Service itself everything is said. */
  async addService(number: number): Promise<void> {
    await this.#send('POST', slices, slice(number, 0));
    await this.#send('POST', services, service(number));
  }

  async removeService(number: number): Promise<void> {
    await this.#send('DELETE', `${services}/${nameOf(number)}`);
    await this.#send('DELETE', `${slices}/${nameOf(number)}`);
  }

  /** Gives a Service its first endpoints back (0), or replaces the second of them (1). */
  async setEndpoints(number: number, generation: 0 | 1): Promise<void> {
    const { endpoints } = slice(number, generation);
    await this.#send('PATCH', `${slices}/${nameOf(number)}`, { endpoints });
  }

  async #send(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<void> {
    const headers = { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' };
    const signal = AbortSignal.timeout(patienceMs);
    const request = { method, headers, signal, ...(body && { body: JSON.stringify(body) }) };
    const response = await fetch(`${this.#url}${path}`, request);
    const said = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${said}`);
  }
}
