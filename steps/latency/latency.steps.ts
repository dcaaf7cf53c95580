/** Sentences on how fast changes of Services take effect. */
import { Given, Then, When } from '@cucumber/cucumber';
import { waits } from '../waits.ts';
import type { NetvetWorld } from '../world.ts';
import { comeAndGo, createServices, judgeCreated, judgeEndpoints } from './changes.ts';
import { openGround } from './ground.ts';
import { createOthers } from './others.ts';

Given('a client on every node and two servers', async function (this: NetvetWorld) {
  await openGround(this);
});

Given(
  '{int} other Services, each with two endpoints',
  { timeout: waits.manyChanges },
  async function (this: NetvetWorld, count: number) {
    await createOthers(this, count);
  },
);

When(
  '{int} Services are created, one after the other',
  { timeout: waits.manyChanges },
  async function (this: NetvetWorld, count: number) {
    await createServices(this, count);
  },
);

Then('each of them has answered on every node within the budget', function (this: NetvetWorld) {
  judgeCreated(this);
});

When(
  'an endpoint is added to a Service and removed again, {int} times',
  { timeout: waits.manyChanges },
  async function (this: NetvetWorld, times: number) {
    await comeAndGo(this, times);
  },
);

Then(
  'each time it was asked from every node within the budget, and no more once it was removed',
  function (this: NetvetWorld) {
    judgeEndpoints(this);
  },
);
