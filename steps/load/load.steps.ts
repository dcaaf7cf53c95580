/** Sentences on load, and on what happens under it. */
import { Given, Then, When } from '@cucumber/cucumber';
import { rollAgents } from '../nodes/cni.ts';
import { drain } from '../nodes/membership.ts';
import type { NetvetWorld } from '../world.ts';
import {
  churnServices,
  doUnderLoad,
  judgeBudget,
  judgeSpread,
  killUnderLoad,
  nodeToDrain,
  rollUnderLoad,
  scaleUnderLoad,
  togglePolicy,
} from './changes.ts';
import { closeAccount, judgeLoad, openFrontends, startLoad } from './load.ts';

Given('{int} frontends behind the Service "web"', async function (this: NetvetWorld, replicas: number) {
  await openFrontends(this, replicas);
});

Given(
  '{int} frontends that can be killed behind the Service "web"',
  async function (this: NetvetWorld, replicas: number) {
    await openFrontends(this, replicas, true);
  },
);

When(
  'k6 asks {int} times a second for {int} s or more, through the Service and the same Pod directly',
  async function (this: NetvetWorld, rate: number, seconds: number) {
    await startLoad(this, rate, seconds);
  },
);

When('the frontends are rolled {int} times meanwhile', async function (this: NetvetWorld, times: number) {
  await rollUnderLoad(this, times);
});

When(
  'the frontends are scaled to {int}, {int} and {int} meanwhile',
  async function (this: NetvetWorld, first: number, second: number, third: number) {
    await scaleUnderLoad(this, [first, second, third]);
  },
);

When('a frontend is killed meanwhile', async function (this: NetvetWorld) {
  await killUnderLoad(this);
});

When(
  'a policy that lets k6 in comes and goes {int} times meanwhile',
  async function (this: NetvetWorld, times: number) {
    await togglePolicy(this, times);
  },
);

When('{int} other Services are created and deleted meanwhile', async function (this: NetvetWorld, count: number) {
  await churnServices(this, count);
});

When("the CNI's agents are rolled meanwhile", async function (this: NetvetWorld) {
  await doUnderLoad(this, "the CNI's agents rolled", () => rollAgents(this));
});

When('the node of a frontend is drained meanwhile', async function (this: NetvetWorld) {
  const node = await nodeToDrain(this);
  await doUnderLoad(this, `drain of ${node}`, () => drain(this, node));
});

Then('k6 and the frontends agree on every request', async function (this: NetvetWorld) {
  await closeAccount(this);
});

Then('no request through the Service was lost', function (this: NetvetWorld) {
  judgeLoad(this);
});

Then('no more requests were lost than the budget for {string} allows', function (this: NetvetWorld, change: string) {
  judgeBudget(this, change);
});

Then(
  'since then the frontends have shared the requests evenly at the level {float}',
  function (this: NetvetWorld, level: number) {
    judgeSpread(this, level);
  },
);
