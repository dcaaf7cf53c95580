import { Actor, startedAgain } from '../actor.ts';
import type { KubeObject } from '../kube/index.ts';
import { BrokenError } from '../outcome.ts';
import { poll } from '../poll.ts';
import { waits } from '../waits.ts';
import type { World } from '../world.ts';

/** Opens the channels of these Pods anew: they end with API server, kubelet or runtime, and the agents behind go on. */
export async function reconnect(world: World, actors: Actor[]): Promise<void> {
  const deadline = performance.now() + waits.nodeBack;
  await Promise.all(actors.map((actor) => meetAgain(world, actor.name, actor.pod, deadline)));
}

async function meetAgain(world: World, name: string, pod: KubeObject, deadline: number): Promise<void> {
  const former = world.actors.get(name)?.channel;
  former?.close();
  let problem = '';
  const isMet = async () => {
    const actor = await Actor.meet(world.kube, name, pod).catch((error: Error) => {
      problem = error.message;
    });
    if (!actor) return false;
    world.actors.set(name, actor);
    if (former?.agentId === actor.channel.agentId) actor.channel.still.adopt(former.still);
    // what was begun through the former channel is ended through this one
    world.deferToEnd(async () => actor.channel.close());
    return true;
  };
  const left = deadline - performance.now();
  if (!(await poll(left, isMet))) throw new BrokenError(`${name} could not be asked again: ${problem}`);
}

export const actorsOn = (world: World, node: string): Actor[] =>
  [...world.actors.values()].filter((actor) => actor.node === node);

/** Waits until the Pods' containers have been started again, and opens channels to what runs in them now. */
export async function meetRestarted(world: World, actors: Actor[]): Promise<void> {
  const deadline = performance.now() + waits.nodeBack;
  const meet = async (actor: Actor) => {
    actor.channel.close();
    const again = await startedAgain(world.kube, actor, waits.nodeBack);
    await meetAgain(world, actor.name, again, deadline);
  };
  await Promise.all(actors.map(meet));
}
