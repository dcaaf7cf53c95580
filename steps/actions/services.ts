import { pairs } from '../tables.ts';
import { waits } from '../waits.ts';
import { type ServicePort, type ServiceSpec, service } from '../workloads/index.ts';
import type { NetvetWorld } from '../world.ts';

/** The rows of a table of Service ports. */
export function portsIn(rows: Record<string, string>[]): ServicePort[] {
  return rows.map((row) => ({
    ...(row['name'] ? { name: row['name'] } : {}),
    port: Number(row['port']),
    targetPort: /^\d+$/.test(row['targetPort'] ?? '') ? Number(row['targetPort']) : (row['targetPort'] as string),
    protocol: (row['protocol'] ?? 'TCP') as 'TCP' | 'UDP',
  }));
}

/** Creates a Service; it goes after the scenario. */
export async function createService(
  world: NetvetWorld,
  name: string,
  namespace: string,
  spec: ServiceSpec,
): Promise<void> {
  const real = world.namespace(namespace);
  // an earlier scenario's Service may have had this name; its slices, when they are collected, would interrupt the new one
  const where = { kind: 'EndpointSlice', namespace: real, labelSelector: `kubernetes.io/service-name=${name}` };
  const what = `the EndpointSlices of an earlier Service ${name} to be gone`;
  await world.kube.until(where, what, waits.endpoints, (slices) => slices.length === 0 || undefined);
  world.services.set(name, await world.create(service(real, name, spec)));
}

/** Gives a Service another selector. */
export async function select(world: NetvetWorld, name: string, labels: string): Promise<void> {
  const { metadata, spec } = world.service(name);
  const gone = Object.fromEntries(Object.keys(spec.selector as object).map((key) => [key, null]));
  const selector = { ...gone, ...pairs(labels) };
  const changed = await world.change(() => world.kube.patch({ kind: 'Service', metadata }, { spec: { selector } }));
  world.services.set(name, changed);
}

export async function deleteService(world: NetvetWorld, name: string): Promise<void> {
  const { metadata } = world.service(name);
  await world.change(() => world.kube.delete({ kind: 'Service', metadata }));
}
