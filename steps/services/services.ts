import { BrokenError } from '../outcome.ts';
import type { AttemptReport } from '../probe/index.ts';
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
  await formerSlicesGone(world, name, real);
  world.services.set(name, await world.create(service(real, name, spec)));
}

/** An earlier Service may have had this name: its slices, when they are collected, would interrupt the new one. */
async function formerSlicesGone({ kube }: NetvetWorld, name: string, namespace: string): Promise<void> {
  const where = { kind: 'EndpointSlice', namespace, labelSelector: `kubernetes.io/service-name=${name}` };
  const what = `the EndpointSlices of an earlier Service ${name} to be gone`;
  await kube.until(where, what, waits.endpoints, (slices) => slices.length === 0 || undefined);
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

/** Makes a deleted Service again, with its address, while a client waits for an answer there: its first packet found no Service. */
export async function dialTooEarly(world: NetvetWorld, client: string, name: string): Promise<void> {
  const { metadata, spec } = world.service(name);
  const namespace = metadata.namespace as string;
  const ports = spec.ports as ServicePort[];
  await formerSlicesGone(world, name, namespace);
  const { channel } = world.actor(client);
  const { port } = ports[0] as ServicePort;
  const attempts = [{ nonce: world.freshKey(), host: spec.clusterIP, port, protocol: 'TCP' as const }];
  const dialled = channel.request('probe', { attempts, timeoutMs: world.answerMs }, world.answerMs);
  // what breaks it is met below; an agent takes requests in turn, so its next reply comes when the first packet is out
  dialled.catch(() => {});
  await channel.request('ping', {});
  const again = service(namespace, name, { selector: spec.selector, ports, address: spec.clusterIP });
  world.services.set(name, await world.create(again));
  const { reports } = await dialled;
  world.notes.set('dialled too early', reports[0]);
}

/** Reports what became of the connection that was begun before its Service was there. */
export function reportTooEarly(world: NetvetWorld): void {
  const { outcome, errno, micros } = world.notes.get('dialled too early') as AttemptReport;
  if (outcome === 'error') throw new BrokenError(`the client could not dial: ${errno}`);
  const after = `after ${Math.round(micros / 1000)} ms`;
  const fate = outcome === 'connected' ? `was made ${after}` : `was not made: ${outcome} ${after}`;
  world.observe(`a connection that was begun a moment before its Service was there ${fate}`);
}
