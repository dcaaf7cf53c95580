/** Agents and worlds for tests of what is judged: an agent says what the test wants. */
import type { Actor } from '../actor.ts';
import type { Bounds, WorldParameters } from '../parameters.ts';
import type { Operation, Operations } from '../probe/attempt.ts';
import { Clock } from '../probe/clock.ts';
import type { AttemptReport } from '../probe/index.ts';
import { Still } from '../probe/still.ts';
import { World } from '../world.ts';

/** What an agent is made to say, by operation. */
export type Script = { [K in Operation]?: (args: Operations[K][0]) => Operations[K][1] | Promise<Operations[K][1]> };

/** An agent that says what the test wants; operations that it has no line for are a mistake of the test. */
export function fakeActor(name: string, script: Script = {}): Actor & { channel: { lost: boolean } } {
  const clock = new Clock();
  clock.sample(0, 0.2, 0.1);
  const request = async <K extends Operation>(op: K, args: Operations[K][0]) => {
    const said = script[op] as ((args: Operations[K][0]) => Operations[K][1]) | undefined;
    if (said === undefined) throw new Error(`${name} has no line for ${op}`);
    return said(args);
  };
  const channel = { request, clock, still: new Still(), agentId: `id of ${name}`, lost: false, close: () => {} };
  const pod = {
    kind: 'Pod',
    metadata: { name: `pod-${name}`, namespace: 'n', labels: { app: name } },
    spec: { nodeName: 'node-1' },
    status: { podIP: '10.0.0.1' },
  };
  return { name, podName: `pod-${name}`, namespace: 'n', ip: '10.0.0.1', node: 'node-1', pod, channel } as never;
}

export interface FakeWorld {
  world: World;
  /** What it has attached to the report, in order. */
  attached: unknown[];
}

/** A world with these Pods, and a short budget. */
export function fakeWorld(actors: Actor[], bounds: Partial<Bounds> = {}): FakeWorld {
  const attached: unknown[] = [];
  const parameters = {
    kubeconfig: '/dev/null',
    unavailable: {},
    bounds: {
      changeMs: 2_500,
      attemptMs: { least: 100, most: 1_000 },
      gapMs: { attempts: 300, pages: 300 },
      ...bounds,
    },
  } as unknown as WorldParameters;
  const attach = (text: string) => void attached.push(JSON.parse(text));
  const world = new World({ attach, log: () => {}, link: () => {}, parameters } as never);
  for (const actor of actors) world.actors.set(actor.name, actor);
  return { world, attached };
}

export const listener = { protocol: 'TCP', port: 8080 } as const;
export const now = () => performance.now();

/** A server that has seen these nonces, as far as asked. */
export const serverThat = (arrived: (nonce: string) => boolean, alive = true): Script => ({
  witness: ({ nonces, listeners }) => ({
    id: 'server',
    arrivals: nonces.filter(arrived).map((nonce) => ({ nonce, from: '', fromPort: 1, ...listener, at: now() })),
    alive: listeners.map(() => alive),
    since: 0,
    at: now(),
  }),
});

/** A client whose attempts all end so. */
export const clientThat = (outcome: AttemptReport['outcome'], ms = 5): Script => ({
  probe: ({ attempts }) => ({
    reports: attempts.map(({ nonce }) => ({ nonce, outcome, micros: ms * 1_000, at: now() })),
  }),
});
