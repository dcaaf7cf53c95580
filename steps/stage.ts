import { Actor, podsReady } from './actor.ts';
import { BrokenError } from './outcome.ts';
import { type Cell, converge, runRound } from './probe/index.ts';
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
 * new one. Every Pod of it can reach every port of every other one: the positive control of what follows.
 * Rejects with BrokenError when even fresh Pods cannot.
 */
export async function stageFor(
  worker: Worker,
  namespaces: Record<string, Record<string, string>>,
  roles: Role[],
): Promise<Stage> {
  const key = JSON.stringify([namespaces, roles]);
  if (standing?.key === key && (await isClean(worker, standing))) return standing;
  await dismiss(worker);
  standing = await build(worker, key, namespaces, roles);
  const failure = await controlFailure(worker, standing, waits.baseline);
  if (failure !== undefined)
    throw new BrokenError(`control: before any policy, fresh Pods cannot reach each other. ${failure}`);
  return standing;
}

async function isClean(worker: Worker, stage: Stage): Promise<boolean> {
  if ([...stage.actors.values()].some(({ channel }) => channel.lost)) return false;
  return (await controlFailure(worker, stage, waits.baseline)) === undefined;
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
  const creating = roles.map(async ({ name, labels, node, namedPorts }) => {
    const pod = { labels, namedPorts, listeners: usualListeners, node: await worker.nodeCalled(node) };
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

/** Every Pod to every port of every other Pod, all allowed: undefined once that was seen, else what was wrong at last. */
async function controlFailure(worker: Worker, { actors }: Stage, budgetMs: number): Promise<string | undefined> {
  const all = [...actors.values()];
  const cells = all.flatMap((from) =>
    all
      .filter((to) => to !== from)
      .flatMap((to) =>
        to.listeners.map(
          (listener): Cell => ({
            from,
            to: { name: to.name, host: to.ip, ...listener, servers: [{ agent: to, listener }] },
            expected: 'allowed',
          }),
        ),
      ),
  );
  const round = () => runRound(cells, worker.parameters.probeTimeoutMs);
  // one round is enough to prove that something is allowed: both ends saw it
  const result = await converge({ since: performance.now(), budgetMs, round, stableMs: 0, consecutive: 1 });
  return result.held ? undefined : result.last.seen;
}

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
