import type { Target } from '../probe/index.ts';
import { pairs } from '../tables.ts';
import { backendsOf } from '../targets.ts';
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

/** Every node's address at the Service's node port, over all its ports. */
export async function expectNodePorts(world: NetvetWorld, client: string, name: string): Promise<void> {
  const { spec } = world.service(name);
  const nodes = await world.worker.nodes();
  const cells = nodes.flatMap(({ metadata, status }) => {
    const host = (status.addresses as { type: string; address: string }[]).find(
      ({ type }) => type === 'InternalIP',
    )?.address;
    return (spec.ports as { port: number; targetPort: number; nodePort: number; protocol: 'TCP' | 'UDP' }[]).map(
      (port) => {
        const servers = backendsOf(world, name).map((agent) => ({
          agent,
          listener: { protocol: port.protocol, port: port.targetPort },
        }));
        const to: Target = {
          name: `node ${metadata.name}`,
          host: host ?? '',
          port: port.nodePort,
          protocol: port.protocol,
          servers,
        };
        return { from: world.actor(client), to, expected: 'allowed' as const };
      },
    );
  });
  await world.expectCells(cells, `${client} to node ports`);
}
