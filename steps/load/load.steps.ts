/** Sentences on load, and on what happens under it. */
import { Given, Then, When } from '../sentence.ts';
import * as changes from './changes.ts';
import { closeAccount, judgeLoad, openFrontends, startK6 } from './load.ts';

Given('{int} frontends behind the Service "web"', openFrontends, false);
Given('{int} frontends that can be killed behind the Service "web"', openFrontends, true);

When('k6 asks {int} times a second for {int} s or more, through the Service and the same Pod directly', startK6);
When('the frontends are rolled {int} times meanwhile', changes.rollUnderLoad);
When('the frontends are scaled to {int}, {int} and {int} meanwhile', changes.scaleUnderLoad);
When('a frontend is killed meanwhile', changes.killUnderLoad);
When('a policy that lets k6 in comes and goes {int} times meanwhile', changes.togglePolicy);
When('{int} other Services are created and deleted meanwhile', changes.churnServices);
When("the CNI's agents are rolled meanwhile", changes.rollAgentsUnderLoad);
When('the node of a frontend is drained meanwhile', changes.drainUnderLoad);

Then('k6 and the frontends agree on every request', closeAccount);
Then('no request through the Service was lost', judgeLoad, 0);
Then('no more requests were lost than the budget for {string} allows', changes.judgeBudget);
Then('since then the frontends have shared the requests evenly at the level {float}', changes.judgeSpread);
