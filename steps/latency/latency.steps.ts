/** Sentences on how fast changes of Services take effect. */
import { Given, Then, When } from '@cucumber/cucumber';
import { does } from '../sentence.ts';
import { waits } from '../waits.ts';
import { comeAndGo, createServices, judge } from './changes.ts';
import { openGround } from './ground.ts';
import { createOthers } from './others.ts';

const patient = { timeout: waits.manyChanges };

Given('a client on every node and two servers', does(openGround));
Given('{int} other Services, each with two endpoints', patient, does(createOthers));

When('{int} Services are created, one after the other', patient, does(createServices));
When('an endpoint is added to a Service and removed again, {int} times', patient, does(comeAndGo));

Then('each of them has answered on every node within the budget', does(judge, 'Service'));
Then(
  'each time it was asked from every node within the budget, and no more once it was removed',
  does(judge, 'endpoint'),
);
