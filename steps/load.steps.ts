/** Sentences on load, and on what happens under it. */
import { Given, Then, When } from '@cucumber/cucumber';
import { closeAccount, judgeLoad, openFrontends, rollUnderLoad, startLoad } from './churn/index.ts';
import type { NetvetWorld } from './world.ts';

Given('{int} frontends behind the Service "web"', async function (this: NetvetWorld, replicas: number) {
  await openFrontends(this, replicas);
});

When(
  'k6 asks {int} times a second for {int} s, through the Service and the same Pod directly',
  async function (this: NetvetWorld, rate: number, seconds: number) {
    await startLoad(this, rate, seconds);
  },
);

When('the frontends are rolled {int} times meanwhile', async function (this: NetvetWorld, times: number) {
  await rollUnderLoad(this, times);
});

Then('k6 and the frontends agree on every request', async function (this: NetvetWorld) {
  await closeAccount(this);
});

Then('no request through the Service was lost', function (this: NetvetWorld) {
  judgeLoad(this);
});
