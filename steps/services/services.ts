import type { DataTable } from '@cucumber/cucumber';
import { parse } from 'yaml';
import { type KubeObject, skipForbidden } from '../kube/index.ts';
import { BrokenError } from '../outcome.ts';
import type { AttemptReport } from '../probe/index.ts';
import { waits } from '../waits.ts';
import { endpointSlice, type ServicePort, service } from '../workloads/index.ts';
import type { World } from '../world.ts';
import { dnsName } from './names.ts';

type Selector = Record<string, string>;

/** Creates a Service; it goes after the scenario. `spec`: as the API has it. */
async function create(world: World, name: string, namespace: string, spec: object): Promise<void> {
  const real = world.namespace(namespace);
  await formerSlicesGone(world, name, real);
  world.services.set(name, await world.create(service(real, name, spec)));
}

/** `table`: further fields of the Service's spec, and their values in YAML. */
export async function createService(
  world: World,
  name: string,
  namespace: string,
  selector: Selector,
  ports: ServicePort[],
  table: DataTable | undefined,
): Promise<void> {
  const fields = Object.entries(table?.rowsHash() ?? {}).map(([field, yaml]) => [field, parse(yaml) as unknown]);
  const more = Object.fromEntries(fields) as Record<string, unknown>;
  const creating = () => create(world, name, namespace, { selector, ports, ...more });
  return more['externalIPs'] === undefined ? creating() : withExternalIPs(world, creating);
}

/** Creates a Service with external addresses; skips where there are none. */
async function withExternalIPs(world: World, creating: () => Promise<void>): Promise<void> {
  const { gitVersion } = await world.kube.request<{ gitVersion: string }>('GET', '/version');
  world.skipIf(withoutExternalIPs(gitVersion) && `Kubernetes ${gitVersion} has spec.externalIPs off by default`);
  // an administrator may forbid them
  await creating().catch(skipForbidden('spec.externalIPs are refused here'));
}

/** Deprecated in 1.36, off by default from 1.40 on (https://github.com/kubernetes/enhancements/issues/5707). */
export function withoutExternalIPs(gitVersion: string): boolean {
  const [major = 0, minor = 0] = gitVersion.replace(/^v/, '').split('.').map(Number);
  return major > 1 || (major === 1 && minor >= 40);
}

export const withoutSelector = (world: World, name: string, namespace: string, ports: ServicePort[]): Promise<void> =>
  create(world, name, namespace, { ports });

export const externalName = async (world: World, name: string, namespace: string, external: string): Promise<void> =>
  create(world, name, namespace, { type: 'ExternalName', externalName: await dnsName(world, external) });

/** An earlier Service may have had this name: its slices, when they are collected, would interrupt the new one. */
async function formerSlicesGone({ kube }: World, name: string, namespace: string): Promise<void> {
  const where = { kind: 'EndpointSlice', namespace, labelSelector: `kubernetes.io/service-name=${name}` };
  const what = `the EndpointSlices of an earlier Service ${name} to be gone`;
  await kube.until(where, what, waits.endpoints, (slices) => slices.length === 0 || undefined);
}

/** A Service that the cluster has by itself. */
export async function findService(world: World, name: string, namespace: string): Promise<void> {
  world.services.set(name, await world.kube.read({ kind: 'Service', metadata: { name, namespace } }));
}

/** An EndpointSlice that is written by hand: many users may not do this, for it leads anywhere. */
export async function createSlice(
  world: World,
  name: string,
  serviceName: string,
  pods: string[],
  port: number,
  portName: string,
): Promise<void> {
  world.skipIf(world.parameters.unavailable['EndpointSlices']);
  const namespace = world.service(serviceName).metadata.namespace as string;
  const addresses = pods.map((pod) => world.actor(pod).ip);
  const ports = [{ name: portName, port, protocol: 'TCP' }];
  await world.create(endpointSlice(namespace, name, serviceName, addresses, ports));
}

/** Changes a Service by a merge patch; the scenario goes on with what the API made of it. */
async function change(world: World, name: string, spec: object): Promise<KubeObject> {
  const { metadata } = world.service(name);
  const changed = await world.change(() => world.kube.patch({ kind: 'Service', metadata }, { spec }));
  world.services.set(name, changed);
  return changed;
}

/** Gives a Service another selector. */
export async function select(world: World, name: string, labels: Selector): Promise<void> {
  const former = Object.keys(world.service(name)['spec'].selector as object);
  await change(world, name, { selector: { ...Object.fromEntries(former.map((key) => [key, null])), ...labels } });
}

/** Gives a Service other ports. Those that it had can still be dialled by the scenario's matrices. */
export async function changePorts(world: World, name: string, ports: ServicePort[]): Promise<void> {
  const formerPorts = world.service(name)['spec'].ports as unknown;
  world.services.set(name, { ...(await change(world, name, { ports })), formerPorts });
}

/** From whatever it was to a Service of this type for these Pods. */
export const become = (
  world: World,
  name: string,
  type: string,
  selector: Selector,
  ports: ServicePort[],
): Promise<unknown> => change(world, name, { type, externalName: null, selector, ports });

/** From a Service with an address, which it loses, to a CNAME. */
export const becomeName = async (world: World, name: string, external: string): Promise<unknown> =>
  change(world, name, { type: 'ExternalName', externalName: await dnsName(world, external) });

export const addAffinity = (world: World, name: string, timeoutSeconds: number): Promise<unknown> =>
  change(world, name, { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds } } });
export const removeAffinity = (world: World, name: string): Promise<unknown> =>
  change(world, name, { sessionAffinity: 'None', sessionAffinityConfig: null });

export function deleteService(world: World, name: string): Promise<void> {
  const { metadata } = world.service(name);
  return world.change(() => world.kube.delete({ kind: 'Service', metadata }));
}

/** Deletes a Service and gives its address to a new one, which the scenario calls as the first. */
export async function passAddressOn(world: World, name: string, next: string): Promise<void> {
  const { metadata, spec } = world.service(name);
  const { selector, ports, clusterIP, sessionAffinity, sessionAffinityConfig } = spec;
  await world.kube.delete({ kind: 'Service', metadata });
  const heir = { selector, ports, clusterIP, sessionAffinity, sessionAffinityConfig };
  world.services.set(name, await world.create(service(metadata.namespace as string, next, heir)));
}

/** Makes a deleted Service again, with its address, while a client waits for an answer there. */
export async function dialTooEarly(world: World, client: string, name: string): Promise<void> {
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
  await createAgain(world, name);
  const { reports } = await dialled;
  world.notes.set('dialled too early', reports[0]);
}

/** Makes a Service that was deleted, with the ClusterIP that it had. */
async function createAgain(world: World, name: string): Promise<void> {
  const { metadata, spec } = world.service(name);
  const { selector, ports, clusterIP } = spec;
  const again = service(metadata.namespace as string, name, { selector, ports, clusterIP });
  world.services.set(name, await world.create(again));
}

/** Another Service has a Service's ClusterIP among its external addresses before that one is there. */
export async function takeAddress(
  world: World,
  thief: string,
  namespace: string,
  selector: Selector,
  victim: string,
): Promise<void> {
  const { metadata, spec } = world.service(victim);
  await deleteService(world, victim);
  await formerSlicesGone(world, victim, metadata.namespace as string);
  const fields = { selector, ports: spec.ports as ServicePort[], externalIPs: [spec.clusterIP as string] };
  await withExternalIPs(world, () => create(world, thief, namespace, fields));
  await createAgain(world, victim);
}

/** Reports what became of the connection that was begun before its Service was there. */
export function reportTooEarly(world: World): void {
  const { outcome, errno, micros } = world.notes.get('dialled too early') as AttemptReport;
  if (outcome === 'error') throw new BrokenError(`the client could not dial: ${errno}`);
  const after = `after ${Math.round(micros / 1000)} ms`;
  const fate = outcome === 'connected' ? `was made ${after}` : `was not made: ${outcome} ${after}`;
  world.observe(`a connection that was begun a moment before its Service was there ${fate}`);
}
