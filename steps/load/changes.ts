import { setTimeout as delay } from 'node:timers/promises';
import { lossOf, profileOf } from '../../load/index.ts';
import { chiSquare, expectEven } from '../chi-square.ts';
import { containersOf, execIn, inTurn, type Kube, type KubeObject } from '../kube/index.ts';
import { rollAgents } from '../nodes/cni.ts';
import { drain } from '../nodes/membership.ts';
import { BrokenError, SkipError } from '../outcome.ts';
import { frontendOf, restart, scale, settled } from '../rollout.ts';
import { cadence, waits } from '../waits.ts';
import { networkPolicy, service } from '../workloads/index.ts';
import type { World } from '../world.ts';
import { judgeLoad, underway } from './load.ts';

/** Seconds of steady load around each change, to have something to compare with. */
const steadySeconds = 2;

/** Resolves after some seconds of load; BrokenError: k6 has ended, and what is done was not done under load. */
async function steadily(world: World): Promise<void> {
  const { k6, rate } = underway(world);
  await k6.makes(2 * rate * steadySeconds);
}

/** Does something under load, with marks for the picture when it began and when it was complete. */
async function meanwhile(world: World, what: string, act: () => Promise<unknown>): Promise<void> {
  const { happenings } = underway(world);
  await steadily(world);
  const began = performance.now();
  happenings.push({ at: Date.now(), label: `${what} begins` });
  await act();
  happenings.push({ at: Date.now(), label: `${what} is complete` });
  world.measure(what, performance.now() - began, 'ms');
}

/** The same, and the load goes on for a while after it. */
async function underLoad(world: World, what: string, act: () => Promise<unknown>): Promise<void> {
  await meanwhile(world, what, act);
  await steadily(world);
}

/** Rolls the frontend so many times, one after the other. */
export async function rollUnderLoad(world: World, times: number): Promise<void> {
  for (let i = 1; i <= times; i += 1) {
    await meanwhile(world, `rolling update ${i}`, async () => {
      await world.change(() => restart(world.kube, frontendOf(world)));
      await settled(world.kube, frontendOf(world));
    });
  }
  await steadily(world);
}

/** Scales the frontend to each number in turn. */
export async function scaleUnderLoad(world: World, first: number, second: number, third: number): Promise<void> {
  let pods: KubeObject[] = [];
  for (const replicas of [first, second, third]) {
    await meanwhile(world, `scaling to ${replicas}`, async () => {
      await world.change(() => scale(world.kube, frontendOf(world), replicas));
      pods = await settled(world.kube, frontendOf(world));
    });
  }
  // every node knows of it by the time that some seconds have passed
  await steadily(world);
  const load = underway(world);
  load.last = { pods: pods.map(({ metadata }) => metadata.name), requests: load.k6.requests };
}

/** Pearson's chi-square test on who answered since the last change. */
export function judgeSpread(world: World, level: number): void {
  const { last, recording } = underway(world);
  if (last === undefined || recording === undefined) throw new BrokenError('nothing was scaled under this load');
  const since = recording.requests.slice(last.requests).filter(({ kind }) => kind === 'service');
  const answered = since.filter((request) => lossOf(request) === undefined);
  const { pods } = last;
  if (answered.length < 20 * pods.length) throw new BrokenError(`${answered.length} answers are too few to judge`);
  const counts = pods.map((name) => answered.filter(({ pod }) => pod === name).length);
  expectEven(world, chiSquare(counts, level, pods), `critical value at the level ${level}`);
}

/** Kills with SIGKILL whatever process 1 of the container has started; what was started by exec has another parent. */
const script = `
const { readdirSync, readFileSync } = require('node:fs');
for (const pid of readdirSync('/proc')) {
  if (!/^[0-9]+$/.test(pid)) continue;
  let stat = '';
  try { stat = readFileSync('/proc/' + pid + '/stat', 'utf8'); } catch { continue; }
  if (stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] === '1') process.kill(Number(pid), 'SIGKILL');
}`;

/** Kills a container's server from within. Resolves when the command has ended; whether it worked shows at the Pod. */
async function killFirstChild(kube: Kube, { metadata }: KubeObject, container: string): Promise<void> {
  const { namespace = '', name } = metadata;
  const how = { what: `killing ${name}`, timeoutMs: waits.nodeCommand, mayEndIt: true };
  await execIn(kube, { namespace, pod: name, container }, ['node', '-e', script], how);
}

/** Kills the process of one frontend, as the kernel does when memory is short. Resolves when it serves again. */
export async function killUnderLoad(world: World): Promise<void> {
  const { kube } = world;
  const where = { kind: 'Pod', namespace: world.namespace('shop'), labelSelector: 'app=frontend' };
  const [victim] = await kube.list(where);
  if (victim === undefined) throw new BrokenError('there is no frontend to kill');
  const { name } = victim.metadata;
  await underLoad(world, `kill -9 of ${name}`, async () => {
    await world.change(() => killFirstChild(kube, victim, 'frontend'));
    await kube.until(where, `${name} to be killed and started again`, waits.podsReady, (pods) => {
      const [status] = pods.filter(({ metadata }) => metadata.name === name).flatMap(containersOf);
      return (status !== undefined && status.restartCount > 0 && status.ready) || undefined;
    });
  });
}

/** Puts a policy up that lets k6 in, and takes it away, so many times. */
export async function togglePolicy(world: World, times: number): Promise<void> {
  const policy = networkPolicy(world.namespace('shop'), 'k6-only', {
    podSelector: { matchLabels: { app: 'frontend' } },
    ingress: [{ from: [{ podSelector: { matchLabels: { app: 'k6' } } }] }],
  });
  await underLoad(world, `${times} times a policy and none`, async () => {
    for (let i = 0; i < times; i += 1) {
      await world.create(policy);
      await delay(cadence.round);
      await world.kube.delete(policy);
      await delay(cadence.round);
    }
  });
}

/** Makes so many Services that have nothing to do with the load, and deletes them. */
export async function churnServices(world: World, count: number): Promise<void> {
  const namespace = await world.makeNamespace('elsewhere');
  const all = Array.from({ length: count }, (_, i) =>
    service(namespace, `unrelated-${i + 1}`, { selector: { app: 'nobody' }, ports: [{ port: 80, targetPort: 8080 }] }),
  );
  await meanwhile(world, `${count} Services created`, () => inTurn(all, (each) => world.kube.create(each)));
  await underLoad(world, `${count} Services deleted`, () => inTurn(all, (each) => world.kube.delete(each)));
}

export const rollAgentsUnderLoad = (world: World): Promise<void> =>
  underLoad(world, "the CNI's agents rolled", () => rollAgents(world));

/** A node with a frontend and without k6, whose Pod nobody would make again. */
async function nodeToDrain(world: World): Promise<string> {
  const pods = await world.kube.list({ kind: 'Pod', namespace: world.namespace('shop') });
  const nodesOf = (app: string) =>
    pods.filter(({ metadata }) => metadata.labels?.['app'] === app).map(({ spec }) => spec.nodeName as string);
  const [node] = nodesOf('frontend').filter((name) => !nodesOf('k6').includes(name));
  if (node === undefined) throw new SkipError('every frontend is on the node of k6: there is no other node to drain');
  return node;
}

export async function drainUnderLoad(world: World): Promise<void> {
  const node = await nodeToDrain(world);
  await underLoad(world, `drain of ${node}`, () => drain(world, node));
}

/** Fails if more requests through the Service were lost than the profile allows for such a change. */
export function judgeBudget(world: World, change: string): void {
  const { loadProfile: profile } = world.parameters;
  const budget = profileOf(profile).churn[change];
  if (budget === undefined) throw new BrokenError(`the profile ${profile} has no budget for "${change}"`);
  world.measure(`budget for "${change}"`, budget, 'requests');
  judgeLoad(world, budget);
}
