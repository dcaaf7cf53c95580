/** Sentences on the shop: its visitors, its frontend and its database. */
import { AfterAll, Given, Then, When } from '@cucumber/cucumber';
import { loseAgent } from '../nodes/cni-agent.ts';
import type { WorldParameters } from '../parameters.ts';
import { workerFor } from '../worker.ts';
import type { NetvetWorld } from '../world.ts';
import { expectPostgres } from './doors.ts';
import { beginVisits, judgeVisits, madeByAll, readPage, readPageOfAnother } from './pages.ts';
import { restart, scale } from './rollout.ts';
import { changeFrontend, closeShops, openShop } from './shop.ts';

Given('the shop: a frontend and its database, a visitor and an intruder', async function (this: NetvetWorld) {
  await openShop(this);
});

Then(
  '{string} reads a page that lists {string}, {string} and {string}',
  async function (this: NetvetWorld, visitor: string, one: string, two: string, three: string) {
    await readPage(this, visitor, [one, two, three]);
  },
);

Then(
  '{string} reads the page again, made by another Pod than {string}',
  async function (this: NetvetWorld, visitor: string, former: string) {
    await readPageOfAnother(this, visitor, former);
  },
);

Then(
  'PostgreSQL answers {string} at every door, and {string} at none',
  async function (this: NetvetWorld, welcome: string, unwelcome: string) {
    await expectPostgres(this, welcome, unwelcome);
  },
);

Given(
  '{string} reads the page every {int} ms from now on',
  async function (this: NetvetWorld, visitor: string, everyMs: number) {
    await beginVisits(this, visitor, everyMs);
  },
);

When('the frontend is rolled', async function (this: NetvetWorld) {
  await changeFrontend(this, restart);
});

When('the frontend is scaled to {int}', async function (this: NetvetWorld, replicas: number) {
  await changeFrontend(this, (kube, frontend) => scale(kube, frontend, replicas));
});

When('every Pod of the frontend has made a page for {string}', async function (this: NetvetWorld, visitor: string) {
  await madeByAll(this, visitor);
});

When(
  "the CNI's agent on the node of {string} is killed, and another one takes its place",
  async function (this: NetvetWorld, pod: string) {
    await loseAgent(this, pod);
  },
);

Then('no page was lost', async function (this: NetvetWorld) {
  await judgeVisits(this);
});

AfterAll({ name: 'close the shop' }, async function () {
  await closeShops(workerFor(this.parameters as unknown as WorldParameters));
});
