/** Sentences on the shop: its visitors, its frontend and its database. */
import { AfterAll, Given, Then, When } from '@cucumber/cucumber';
import { loseAgent } from '../nodes/cni-agent.ts';
import type { WorldParameters } from '../parameters.ts';
import { does } from '../sentence.ts';
import { workerFor } from '../worker.ts';
import { beginVisits, judgeVisits, madeByAll, readPage, readPageOfAnother } from './pages.ts';
import { expectPostgres } from './postgres.ts';
import { closeShops, openShop, rollFrontend, scaleFrontend } from './shop.ts';

Given('the shop: a frontend and its database, a visitor and an intruder', does(openShop));
Given('{string} reads the page every {int} ms from now on', does(beginVisits));

When('the frontend is rolled', does(rollFrontend));
When('the frontend is scaled to {int}', does(scaleFrontend));
When('every Pod of the frontend has made a page for {string}', does(madeByAll));
When("the CNI's agent on the node of {string} is killed, and another one takes its place", does(loseAgent));

Then('{string} reads a page that lists {names}', does(readPage));
Then('{string} reads the page again, made by another Pod than {string}', does(readPageOfAnother));
Then(
  'PostgreSQL answers {string} at its address, Service and name, and {string} at none of them',
  does(expectPostgres),
);
Then('no page was lost', does(judgeVisits));

AfterAll({ name: 'close the shop' }, async function () {
  await closeShops(workerFor(this.parameters as unknown as WorldParameters));
});
