/** Sentences on load, and on what happens under it. */
import { Given, Then, When } from '@cucumber/cucumber';
import { does } from '../sentence.ts';
import * as changes from './changes.ts';
import { closeAccount, judgeLoad, openFrontends, startLoad } from './load.ts';

Given('{int} frontends behind the Service "web"', does(openFrontends, false));
Given('{int} frontends that can be killed behind the Service "web"', does(openFrontends, true));

When(
  'k6 asks {int} times a second for {int} s or more, through the Service and the same Pod directly',
  does(startLoad),
);
When('the frontends are rolled {int} times meanwhile', does(changes.rollUnderLoad));
When(
  'the frontends are scaled to {int}, {int} and {int} meanwhile',
  does((world, first: number, second: number, third: number) => changes.scaleUnderLoad(world, [first, second, third])),
);
When('a frontend is killed meanwhile', does(changes.killUnderLoad));
When('a policy that lets k6 in comes and goes {int} times meanwhile', does(changes.togglePolicy));
When('{int} other Services are created and deleted meanwhile', does(changes.churnServices));
When("the CNI's agents are rolled meanwhile", does(changes.rollAgentsUnderLoad));
When('the node of a frontend is drained meanwhile', does(changes.drainUnderLoad));

Then('k6 and the frontends agree on every request', does(closeAccount));
Then('no request through the Service was lost', does(judgeLoad, 0));
Then('no more requests were lost than the budget for {string} allows', does(changes.judgeBudget));
Then('since then the frontends have shared the requests evenly at the level {float}', does(changes.judgeSpread));
