import { AssertionError } from 'node:assert';
import { Actor, podsReady } from './actor.ts';
import { controlOf } from './looking.ts';
import { BrokenError } from './outcome.ts';
import type { Cell, Control, Listener } from './probe/index.ts';
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

/** Namespaces and Pods that stay for the next scenario that asks for the same ones: a Pod's start is dear. */
export interface Stage {
  key: string;
  namespaces: Map<string, string>;
  actors: Map<string, Actor>;
  /** Its Pods were seen to reach each other since the last scenario: by these pairs, as JSON. */
  proven: Set<string>;
}

/** What the scenario calls them, and their labels. */
export type Namespaces = Record<string, Record<string, string>>;

let standing: Stage | undefined;

/**
 * The stage with these namespaces and Pods: the standing one if it is the same and was proven clean, else a new one.
 * Every Pod of it reaches every other one, and `pairs` are allowed: the positive control of what follows. Rejects with
 * AssertionError when standing Pods do not reach each other any more although no policy is there, and with BrokenError
 * when fresh Pods do not, unless this is what the scenario is about (`judgesItself`).
 */
export async function stageFor(
  worker: Worker,
  namespaces: Namespaces,
  roles: Role[],
  pairs: Pair[],
  judgesItself: boolean,
): Promise<Stage> {
  const key = JSON.stringify([namespaces, roles]);
  if (standing !== undefined && (standing.key !== key || standing.proven.size === 0 || isLost(standing)))
    await dismiss(worker);
  if (standing !== undefined) {
    const { proven } = standing;
    const more = pairs.filter((pair) => !proven.has(JSON.stringify(pair)));
    const { seen, broken } = await proofOf(worker, standing, more);
    if (seen !== undefined) {
      await dismiss(worker);
      if (broken) throw new BrokenError(seen);
      throw new AssertionError({ message: `before any policy, Pods that stand cannot reach each other. ${seen}` });
    }
    // until it is handed back
    proven.clear();
    return standing;
  }
  const stage = await build(worker, key, namespaces, roles);
  standing = stage;
  const { seen } = await proofOf(worker, stage, pairsOf(stage, pairs));
  if (seen !== undefined && !judgesItself)
    throw new BrokenError(`control: before any policy, fresh Pods cannot reach each other. ${seen}`);
  return stage;
}

const isLost = ({ actors }: Stage): boolean => [...actors.values()].some(({ channel }) => channel.lost);

/**
 * A scenario hands the stage back, its own policies deleted: its Pods reach each other again, within what a change may
 * take, so that the next one may have it. AssertionError: they do not, and nobody else's policies are in their way.
 */
export async function proveClean(worker: Worker, stage: Stage, pairs: Pair[]): Promise<void> {
  if (standing !== stage) return;
  const all = pairsOf(stage, pairs);
  const control = isLost(stage) ? undefined : await proofOf(worker, stage, all).catch(() => undefined);
  if (control?.seen === undefined && control !== undefined) {
    for (const pair of all) stage.proven.add(JSON.stringify(pair));
    return;
  }
  await dismiss(worker);
  // a Pod that was lost, and a machine that was too busy, say nothing of the network
  if (control === undefined || control.broken) return;
  const seconds = worker.parameters.bounds.changeMs / 1000;
  const when = `${seconds} s after the scenario's policies were deleted`;
  throw new AssertionError({ message: `${when}, its Pods cannot reach each other: ${control.seen}` });
}

async function build(worker: Worker, key: string, wanted: Namespaces, roles: Role[]): Promise<Stage> {
  const all = Object.entries(wanted).map(async ([name, labels]) => [name, await worker.makeNamespace(labels)] as const);
  const namespaces = new Map(await Promise.all(all));
  const rolesIn = (name: string) => roles.filter(({ namespace }) => namespace === name);
  const started = [...namespaces].map(([name, real]) => startRoles(worker, real, rolesIn(name)));
  const actors = (await Promise.all(started)).flat();
  const inOrder = roles.map(({ name }) => [name, actors.find((actor) => actor.name === name) as Actor] as const);
  return { key, namespaces, actors: new Map(inOrder), proven: new Set() };
}

async function startRoles(worker: Worker, namespace: string, roles: Role[]): Promise<Actor[]> {
  const { kube, parameters } = worker;
  const creating = roles.map(async ({ name, node, listeners = usualListeners, ...more }) => {
    const pod = { ...more, listeners, node: await worker.nodeCalled(node) };
    return (await kube.create(agentPod(namespace, name, parameters.images.node, pod))).metadata.name;
  });
  const pods = await podsReady(kube, namespace, await Promise.all(creating));
  return Promise.all(pods.map((pod) => Actor.meet(kube, pod.metadata.name, pod)));
}

/** Every Pod to every other one, and `more`. */
function pairsOf({ actors }: Stage, more: Pair[]): Pair[] {
  const names = [...actors.keys()];
  const all = names.flatMap((from) => names.filter((to) => to !== from).map((to): Pair => ({ from, to, ...usual })));
  return [...new Map([...all, ...more].map((pair) => [JSON.stringify(pair), pair])).values()];
}

/** Whether the pairs are allowed, as soon as both ends saw that. BrokenError: the machine was too busy to tell. */
async function proofOf(worker: Worker, { actors }: Stage, pairs: Pair[]): Promise<Control> {
  const cells = pairs.flatMap(({ from, to, port, protocol }): Cell[] => {
    const [client, server] = [actors.get(from), actors.get(to)];
    if (client === undefined || server === undefined) return [];
    const listener = { protocol, port };
    const target = { name: to, host: server.ip, ...listener, servers: [{ agent: server, listener }] };
    return [{ from: client, to: target, expected: 'allowed' }];
  });
  return controlOf(cells, worker.patience, worker.parameters.bounds.changeMs);
}

const usual = { port: 8080, protocol: 'TCP' } as const;

/** Deletes the standing stage without waiting for its end. */
export async function dismiss(worker: Worker): Promise<void> {
  const stage = standing;
  standing = undefined;
  if (stage === undefined) return;
  for (const { channel } of stage.actors.values()) channel.close();
  const names = [...stage.namespaces.values()];
  await Promise.all(names.map((name) => worker.kube.delete({ kind: 'Namespace', metadata: { name } })));
}
