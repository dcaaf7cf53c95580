import { BroadcastChannel } from 'node:worker_threads';
import { Actor, podsReady } from '../actor.ts';
import { missingImage } from '../fault.ts';
import type { Kube, KubeObject } from '../kube/index.ts';
import { BrokenError, SkipError } from '../outcome.ts';
import { allAllowed } from '../probe/index.ts';
import { frontendOf, type Named, restart, scale, settled } from '../rollout.ts';
import { waits } from '../waits.ts';
import type { Worker } from '../worker.ts';
import { database, databasePort } from '../workloads/database.ts';
import { frontend, frontendCode, frontendPort } from '../workloads/frontend/index.ts';
import { agentPod, serviceFor, usualListeners } from '../workloads/index.ts';
import type { World } from '../world.ts';

/** The shop as the workers tell each other of it: all of it but its policy stays standing from scenario to scenario. */
interface Deed {
  namespaces: Map<string, string>;
  services: Map<string, KubeObject>;
  pods: KubeObject[];
}

/** A shop to whose Pods this worker has channels. */
interface Shop extends Deed {
  actors: Map<string, Actor>;
}

/** By feature: each has a shop of its own. */
const standing = new Map<string, Shop>();

const deeds = new Map<string, Deed | undefined>();
// workers are threads of one process, and this reaches them all; each has loaded it before the first scenario begins
const town = new BroadcastChannel('netvet-shop');
town.unref();
town.onmessage = (message) => {
  const { feature, deed } = (message as { data: { feature: string; deed?: Deed } }).data;
  deeds.set(feature, deed);
  leaveShop(feature);
};

/** Gives the scenario the shop without policies, everybody reaching the database. BrokenError: even so they cannot. */
export async function openShop(world: World): Promise<void> {
  const { worker, feature } = world;
  if ([...(standing.get(feature)?.actors.values() ?? [])].some(({ channel }) => channel.lost))
    await closeShop(worker, feature);
  world.skipIf(world.parameters.unavailable['postgres']);
  const shop = await shopInOrder(worker, feature);
  for (const [name, real] of shop.namespaces) world.namespaces.set(name, real);
  for (const [name, object] of shop.services) world.services.set(name, object);
  for (const [name, actor] of shop.actors) world.actors.set(name, actor);
  await control(world);
}

/** One that cannot be opened takes minutes to say so: after so many times in a row it is not tried again. */
const openings = 2;
const failures = new Map<string, string[]>();

async function shopInOrder(worker: Worker, feature: string): Promise<Shop> {
  const before = failures.get(feature) ?? [];
  if (before.length === openings)
    throw new BrokenError(
      `the shop could not be opened ${openings} times in a row, and is not tried again: ${before.at(-1)}`,
    );
  try {
    const shop = standing.get(feature) ?? (await takeOver(worker, feature)) ?? (await build(worker, feature));
    standing.set(feature, shop);
    await firstState(worker, shop);
    failures.delete(feature);
    return shop;
  } catch (error) {
    if (!(error instanceof SkipError)) failures.set(feature, [...before, (error as Error).message]);
    // whatever is wrong with it, the next one is another
    await closeShop(worker, feature);
    throw error;
  }
}

/** Takes the shop of another worker, which stands idle. Undefined: there is none, or it cannot be reached and goes. */
async function takeOver(worker: Worker, feature: string): Promise<Shop | undefined> {
  const known = deeds.get(feature);
  if (known === undefined) return undefined;
  try {
    const actors = await meetAll(worker.kube, known.pods);
    announce(feature, known);
    return { ...known, actors };
  } catch {
    announce(feature, undefined);
    await demolish(worker.kube, known.namespaces);
    return undefined;
  }
}

async function meetAll(kube: Kube, pods: KubeObject[]): Promise<Map<string, Actor>> {
  const name = ({ metadata }: KubeObject) => metadata.labels?.['app'] as string;
  const actors = await Promise.all(pods.map((pod) => Actor.meet(kube, name(pod), pod)));
  return new Map(actors.map((actor) => [actor.name, actor]));
}

/** From now on the feature's shop is this worker's, or nobody's. */
function announce(feature: string, deed: Deed | undefined): void {
  deeds.set(feature, deed);
  town.postMessage({ feature, deed });
}

function leaveShop(feature: string): void {
  for (const { channel } of standing.get(feature)?.actors.values() ?? []) channel.close();
  standing.delete(feature);
}

async function closeShop({ kube }: Worker, feature: string): Promise<void> {
  const shop = standing.get(feature);
  if (shop === undefined) return;
  leaveShop(feature);
  announce(feature, undefined);
  await demolish(kube, shop.namespaces);
}

/** Deletes the shops that stand, without waiting for their end. */
export async function closeShops(worker: Worker): Promise<void> {
  await Promise.all([...standing.keys()].map((feature) => closeShop(worker, feature)));
}

async function demolish(kube: Kube, namespaces: Map<string, string>): Promise<void> {
  const names = [...namespaces.values()];
  await Promise.all(names.map((name) => kube.delete({ kind: 'Namespace', metadata: { name } })));
}

/** Changes the frontend; resolves once it is complete. The scenario's end begins to undo it: Pods drain for a while. */
async function changeFrontend(world: World, change: (kube: Kube, frontend: Named) => Promise<void>): Promise<void> {
  const frontend = frontendOf(world);
  world.defer(() => scale(world.kube, frontend, 1));
  await world.disturb(() => change(world.kube, frontend));
  await settled(world.kube, frontend);
  world.measure('frontend changed', performance.now() - world.changedAt, 'ms');
}

export const rollFrontend = (world: World): Promise<void> => changeFrontend(world, restart);
export const scaleFrontend = (world: World, replicas: number): Promise<void> =>
  changeFrontend(world, (kube, frontend) => scale(kube, frontend, replicas));

async function build(worker: Worker, feature: string): Promise<Shop> {
  const { kube, parameters } = worker;
  const [shop, office] = await Promise.all([
    worker.makeNamespace({ team: 'sales' }),
    worker.makeNamespace({ team: 'support' }),
  ]);
  const { images } = parameters;
  const bystander = async (name: string, node: number) => {
    const pod = { labels: { app: name }, listeners: usualListeners, node: await worker.nodeCalled(node) };
    return kube.create(agentPod(shop, name, images.node, pod));
  };
  await kube.create(frontendCode(shop));
  const [webService, dataService] = await Promise.all([
    kube.create(serviceFor(shop, 'web', 'frontend', 80, frontendPort)),
    kube.create(serviceFor(shop, 'database', 'database', databasePort)),
    kube.create(database(shop, images)),
    kube.create(frontend(shop, images.node, { replicas: 1, database: 'database', agent: true })),
    bystander('visitor', 3),
    bystander('intruder', 2),
  ]);
  const bystanders = podsReady(kube, shop, ['visitor', 'intruder']);
  await databaseImage(worker, shop);
  const [server] = await settled(kube, { namespace: shop, name: 'database' });
  const pods = [server as KubeObject, ...(await bystanders)];
  const built = {
    namespaces: new Map(Object.entries({ shop, office })),
    services: new Map(Object.entries({ web: webService, database: dataService })),
    pods,
  };
  const actors = await meetAll(kube, pods);
  announce(feature, built);
  return { ...built, actors };
}

/** Resolves once the database's image is there; without it there is no shop, now and later. */
async function databaseImage({ kube, parameters }: Worker, namespace: string): Promise<void> {
  const where = { kind: 'Pod', namespace, labelSelector: 'app=database' };
  const missing = await kube.until(where, 'the database to start', waits.podsReady, (pods) =>
    pods.some(({ status }) => status?.phase === 'Running') ? '' : missingImage(pods),
  );
  if (missing === '') return;
  parameters.unavailable['postgres'] = missing;
  await kube.delete({ kind: 'Namespace', metadata: { name: namespace } });
  throw new SkipError(missing);
}

/** One frontend, and the channel to it: scenarios roll it and scale it. */
async function firstState({ kube }: Worker, { namespaces, actors }: Shop): Promise<void> {
  const deployment = { namespace: namespaces.get('shop') as string, name: 'frontend' };
  await scale(kube, deployment, 1);
  const [pod] = await settled(kube, deployment);
  const known = actors.get('frontend');
  if (known?.pod.metadata.uid === pod?.metadata.uid) return;
  known?.channel.close();
  actors.delete('frontend');
  actors.set('frontend', await Actor.meet(kube, 'frontend', pod as KubeObject));
}

async function control(world: World): Promise<void> {
  const ways = ['database', 'Service database', 'name database'].map((way) => world.target(`${way}:${databasePort}`));
  const clients = ['frontend', 'visitor', 'intruder'].map((name) => world.actor(name));
  const seen = await world.looking.control(allAllowed(clients, ways), waits.baseline);
  if (seen !== undefined)
    throw new BrokenError(`control: before any policy, not everybody reaches the database. ${seen}`);
}
