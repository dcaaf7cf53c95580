/** Sentences on the shop: its visitors, its frontend and its database. */
import { AfterAll } from '@cucumber/cucumber';
import { loseAgent } from '../nodes/cni-agent.ts';
import type { WorldParameters } from '../parameters.ts';
import { Given, Then, When } from '../sentence.ts';
import { workerFor } from '../worker.ts';
import { beginVisits, judgeVisits, madeByAll, readPage, readPageOfAnother } from './pages.ts';
import { judgePostgres } from './postgres.ts';
import { closeShops, openShop, rollFrontend, scaleFrontend } from './shop.ts';

Given('the shop: a frontend and its database, a visitor and an intruder', openShop);
Given('{string} reads the page every {int} ms from now on', beginVisits);

When('the frontend is rolled', rollFrontend);
When('the frontend is scaled to {int}', scaleFrontend);
When('every Pod of the frontend has made a page for {string}', madeByAll);
When("the CNI's agent on the node of {string} is killed, and another one takes its place", loseAgent);

Then('{string} reads a page that lists {names}', readPage);
Then('{string} reads the page again, made by another Pod than {string}', readPageOfAnother);
Then('PostgreSQL answers {string} at its address, Service and name, and {string} at none of them', judgePostgres);
Then('no page was lost', judgeVisits);

AfterAll({ name: 'close the shop' }, async function () {
  await closeShops(workerFor(this.parameters as unknown as WorldParameters));
});
