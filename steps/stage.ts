import { Actor, podsReady } from './actor.ts';
import { BrokenError } from './outcome.ts';
import { type Cell, control, type Listener, runRound } from './probe/index.ts';
import { waits } from './waits.ts';
import type { Worker } from './worker.ts';
import { agentPod, usualListeners } from './workloads/index.ts';

/** A Pod as a scenario's table asks for it. */
export interface Role {
  name: string;
  namespace: string;
  labels: Record<string, string>;
  /** 1, 2, 3 ...; see Worker.nodeCalled. */
  node: number;
  namedPorts: Record<string, number>;
  namedUdpPorts?: Record<string, number>;
  /** Default: the usual ones. */
  listeners?: Listener[];
}

/** A cell that the scenario will probe, between Pods of the stage. */
export interface Pair {
  from: string;
  to: string;
  port: number;
  protocol: 'TCP' | 'UDP';
}

/** Namespaces and Pods that stay for the next scenario that asks for the same ones: a Pod's start is the dearest part of a scenario. */
export interface Stage {
  key: string;
  namespaces: Map<string, string>;
  actors: Map<string, Actor>;
}

let standing: Stage | undefined;

/**
 * The stage with these namespaces and Pods: the standing one if it is the same and has come back to its clean state, else a
 * new one. Every Pod of it reaches every other one, and `pairs` are allowed: the positive control of what follows.
 * Rejects with BrokenError when that is not so even of fresh Pods, unless this is what the scenario is about (`judgesItself`).
 */
export async function stageFor(
  worker: Worker,
  namespaces: Record<string, Record<string, string>>,
  roles: Role[],
  pairs: Pair[],
  judgesItself: boolean,
): Promise<Stage> {
  const key = JSON.stringify([namespaces, roles]);
  if (standing?.key === key && (await isClean(worker, standing, pairs))) return standing;
  await dismiss(worker);
  standing = await build(worker, key, namespaces, roles);
  const failure = await controlFailure(worker, standing, pairs);
  if (failure !== undefined && !judgesItself)
    throw new BrokenError(`control: before any policy, fresh Pods cannot reach each other. ${failure}`);
  return standing;
}

async function isClean(worker: Worker, stage: Stage, pairs: Pair[]): Promise<boolean> {
  if ([...stage.actors.values()].some(({ channel }) => channel.lost)) return false;
  // a Pod that was lost meanwhile is as good a reason for a new stage as an old policy
  return controlFailure(worker, stage, pairs).then(
    (failure) => failure === undefined,
    () => false,
  );
}

async function build(
  worker: Worker,
  key: string,
  wanted: Record<string, Record<string, string>>,
  roles: Role[],
): Promise<Stage> {
  const namespaces = new Map<string, string>();
  const made = Object.entries(wanted).map(async ([name, labels]) =>
    namespaces.set(name, await worker.makeNamespace(labels)),
  );
  await Promise.all(made);
  const started = Object.keys(wanted).map(async (name) => {
    const mine = roles.filter((role) => role.namespace === name);
    return startRoles(worker, namespaces.get(name) as string, mine);
  });
  const actors = (await Promise.all(started)).flat();
  return {
    key,
    namespaces,
    actors: new Map(roles.map(({ name }) => [name, actors.find((actor) => actor.name === name) as Actor])),
  };
}

async function startRoles(worker: Worker, namespace: string, roles: Role[]): Promise<Actor[]> {
  const { kube, parameters } = worker;
  const creating = roles.map(async ({ name, node, listeners = usualListeners, ...more }) => {
    const pod = { ...more, listeners, node: await worker.nodeCalled(node) };
    return kube.create(agentPod(namespace, name, parameters.images.node, pod));
  });
  await Promise.all(creating);
  const pods = await podsReady(
    kube,
    namespace,
    roles.map(({ name }) => name),
  );
  return Promise.all(pods.map((pod) => Actor.meet(kube, pod.metadata.name, pod)));
}

/**
 * Every Pod reaches every other one, and each cell that the scenario will probe is allowed: undefined once that was seen at
 * both ends, else what was wrong at last.
 */
async function controlFailure(worker: Worker, { actors }: Stage, pairs: Pair[]): Promise<string | undefined> {
  const names = [...actors.keys()];
  const all = names.flatMap((from) => names.filter((to) => to !== from).map((to): Pair => ({ from, to, ...usual })));
  const wanted = new Map([...all, ...pairs].map((pair) => [JSON.stringify(pair), pair]));
  const cells = [...wanted.values()].flatMap(({ from, to, port, protocol }): Cell[] => {
    const [client, server] = [actors.get(from), actors.get(to)];
    if (client === undefined || server === undefined) return [];
    const listener = { protocol, port };
    const target = { name: to, host: server.ip, ...listener, servers: [{ agent: server, listener }] };
    return [{ from: client, to: target, expected: 'allowed' }];
  });
  return control(waits.baseline, () => runRound(cells, worker.patience.timeoutMs));
}

const usual = { port: 8080, protocol: 'TCP' } as const;

/** Deletes the standing stage without waiting for its end. */
export async function dismiss(worker: Worker): Promise<void> {
  const stage = standing;
  standing = undefined;
  if (stage === undefined) return;
  for (const { channel } of stage.actors.values()) channel.close();
  await Promise.all(
    [...stage.namespaces.values()].map((name) => worker.kube.delete({ kind: 'Namespace', metadata: { name } })),
  );
}
