import { isForbidden } from '../kube/index.ts';
import { SkipError } from '../outcome.ts';
import { type Cell, type Protocol, type Target } from '../probe/index.ts';
import { listed, pairs } from '../tables.ts';
import { backendsOf } from '../targets.ts';
import { endpointSlice, type ServiceSpec, usualListeners } from '../workloads/index.ts';
import type { NetvetWorld } from '../world.ts';
import { createService, portsIn } from './services.ts';

/** An EndpointSlice that is written by hand: many users may not do this, for it leads anywhere. */
export async function createSlice(
  world: NetvetWorld,
  name: string,
  serviceName: string,
  pods: string,
  rows: Record<string, string>[],
): Promise<void> {
  world.skipIf(world.parameters.unavailable['EndpointSlices']);
  const namespace = world.service(serviceName).metadata.namespace as string;
  const addresses = listed(pods).map((pod) => world.actor(pod).ip);
  const ports = rows.map((row) => ({
    name: row['name'] ?? '',
    port: Number(row['port']),
    protocol: row['protocol'] ?? 'TCP',
  }));
  await world.create(endpointSlice(namespace, name, serviceName, addresses, ports));
}

/**
 * A Service at addresses of its own choice. Networks need not serve these any more from Kubernetes 1.40 on
 * (https://github.com/kubernetes/enhancements/issues/5707), and an administrator may forbid them before.
 */
export async function createExternal(
  world: NetvetWorld,
  name: string,
  namespace: string,
  spec: ServiceSpec,
): Promise<void> {
  const { gitVersion } = await world.kube.request<{ gitVersion: string }>('GET', '/version');
  world.skipIf(withoutExternalIPs(gitVersion) && `Kubernetes ${gitVersion} has spec.externalIPs off by default`);
  await createService(world, name, namespace, spec).catch((error: unknown) => {
    if (isForbidden(error)) throw new SkipError(`spec.externalIPs are refused here: ${(error as Error).message}`);
    throw error;
  });
}

/** Deprecated in 1.36, off by default from 1.40 on. */
export function withoutExternalIPs(gitVersion: string): boolean {
  const [major = 0, minor = 0] = gitVersion.replace(/^v/, '').split('.').map(Number);
  return major > 1 || (major === 1 && minor >= 40);
}

/** A Pod that goes on serving for a while after it was told to stop. */
export async function startLingering(
  world: NetvetWorld,
  name: string,
  labels: string,
  seconds: number,
  node: string,
): Promise<void> {
  const pod = { labels: pairs(labels), listeners: usualListeners, lingerMs: seconds * 1000, node };
  await world.start('shop', { [name]: pod });
}

/** As `kubectl delete --wait=false` does it. */
export async function tellToStop(world: NetvetWorld, name: string): Promise<void> {
  const { namespace, podName } = world.actor(name);
  await world.change(() => world.kube.delete({ kind: 'Pod', metadata: { name: podName, namespace } }));
}

interface Port {
  port: number;
  targetPort: number;
  protocol: Protocol;
}

/** Every port of the Service answers at an address that is not its own. */
export async function expectAtAddress(world: NetvetWorld, clients: string[], name: string, host: string) {
  const ports = world.service(name)['spec'].ports as Port[];
  const targets = ports.map(({ port, targetPort, protocol }): Target => {
    const servers = backendsOf(world, name).map((agent) => ({ agent, listener: { protocol, port: targetPort } }));
    return { name: host, host, port, protocol, servers };
  });
  const cells = clients.flatMap((client) =>
    targets.map((to): Cell => ({ from: world.actor(client), to, expected: 'allowed' })),
  );
  await world.expectCells(cells, host);
}

/** A Service that the cluster has by itself. */
export async function findService(world: NetvetWorld, name: string, namespace: string): Promise<void> {
  world.services.set(name, await world.kube.read({ kind: 'Service', metadata: { name, namespace } }));
}

/** The fields of the Services of this file's sentences, from the rows of their ports. */
export const forPods = (labels: string, rows: Record<string, string>[]) => ({
  selector: pairs(labels),
  ports: portsIn(rows),
});
