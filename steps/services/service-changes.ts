import type { KubeObject } from '../kube/index.ts';
import { pairs } from '../tables.ts';
import { affinity } from '../workloads/index.ts';
import type { NetvetWorld } from '../world.ts';
import { dnsName } from './names.ts';
import { portsIn } from './services.ts';

/** Changes a Service; the scenario goes on with what the API made of it. */
async function change(world: NetvetWorld, name: string, spec: object): Promise<KubeObject> {
  const { metadata } = world.service(name);
  const changed = await world.change(() => world.kube.patch({ kind: 'Service', metadata }, { spec }));
  world.services.set(name, changed);
  return changed;
}

/** Gives a Service other ports. Those that it had can still be dialled by the scenario's matrices. */
export async function changePorts(world: NetvetWorld, name: string, rows: Record<string, string>[]): Promise<void> {
  const former = world.service(name)['spec'].ports as unknown;
  const changed = await change(world, name, { ports: portsIn(rows) });
  world.services.set(name, { ...changed, formerPorts: former });
}

/** From whatever it was to a Service with an address for these Pods. */
export async function becomeService(
  world: NetvetWorld,
  name: string,
  type: 'ClusterIP' | 'NodePort',
  labels: string,
  rows: Record<string, string>[],
): Promise<void> {
  await change(world, name, { type, externalName: null, selector: pairs(labels), ports: portsIn(rows) });
}

/** From a Service with an address, which it loses, to a CNAME. */
export async function becomeName(world: NetvetWorld, name: string, external: string): Promise<void> {
  await change(world, name, { type: 'ExternalName', externalName: await dnsName(world, external) });
}

/** `seconds` undefined: none. */
export async function changeAffinity(world: NetvetWorld, name: string, seconds?: number): Promise<void> {
  await change(
    world,
    name,
    seconds === undefined ? { sessionAffinity: 'None', sessionAffinityConfig: null } : affinity(seconds),
  );
}
