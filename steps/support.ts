import { flushCompileCache } from 'node:module';
import { isMainThread, threadId } from 'node:worker_threads';
import {
  After,
  AfterAll,
  Before,
  setDefaultTimeout,
  setDefinitionFunctionWrapper,
  setParallelCanAssign,
  setWorldConstructor,
} from '@cucumber/cucumber';
import type { Pickle } from '@cucumber/messages';
import { everyOne, judged } from './outcome.ts';
import type { WorldParameters } from './parameters.ts';
import { agentSource } from './probe/index.ts';
import { dismiss } from './stage.ts';
import { pairsIn } from './tables.ts';
import { workerFor } from './worker.ts';
import { World } from './world.ts';

// the first run of all: the workers, which start next, have what this thread has bundled, and find compiled what it has
// loaded
if (isMainThread) {
  agentSource();
  flushCompileCache();
}
// cucumber's number for a thread that starts later than others is that of the first one
else process.env['CUCUMBER_WORKER_ID'] = String(threadId);

setWorldConstructor(World);
setDefinitionFunctionWrapper(judged);
// every wait has its own, shorter bound (waits.ts); this one only ends what forgot to
setDefaultTimeout(30 * 60_000);

const has = (pickle: Pickle, tag: string): boolean => pickle.tags.some(({ name }) => name === tag);

/**
 * Scenarios that are @exclusive measure what any neighbour would disturb, and those that are @disruptive disturb
 * neighbours: both run alone. A @churn of Pods goes beside others, and still is not for a stranger's cluster. Scenarios
 * of one shop (those of a feature that is @application) come one after the other. One that is repeated never runs
 * beside itself: it may use a thing that there is once, e.g. a port of a node.
 */
setParallelCanAssign((candidate, running) => {
  const alone = (pickle: Pickle) => has(pickle, '@exclusive') || has(pickle, '@disruptive');
  const inShop = (pickle: Pickle) => has(pickle, '@application');
  if (running.some(({ id }) => id === candidate.id)) return false;
  if (inShop(candidate) && running.some(({ uri }) => uri === candidate.uri)) return false;
  return running.length === 0 || !(alone(candidate) || running.some(alone));
});

Before({ name: 'read what will be probed' }, function (this: World, { pickle }) {
  this.feature = pickle.uri;
  this.pairs = pairsIn(pickle);
  this.isBaseline = has(pickle, '@baseline');
});

Before({ name: 'needs two nodes', tags: '@two-nodes' }, async function (this: World) {
  const nodes = await this.worker.nodes();
  this.skipIf(nodes.length < 2 && `needs two nodes that take Pods, and this cluster has ${nodes.length}`);
});

Before({ name: 'may disturb others', tags: '@disruptive or @churn' }, function (this: World) {
  this.skipIf(this.parameters.unavailable['disruption']);
});

After({ name: 'clean up' }, async function (this: World) {
  const works = [() => this.looking.expectNothingLate(), () => this.cleanUp(), () => this.leaveStage()];
  await everyOne(works).finally(() => this.looking.report());
});

AfterAll({ name: 'dismiss the standing Pods' }, async function () {
  await dismiss(workerFor(this.parameters as unknown as WorldParameters));
});
