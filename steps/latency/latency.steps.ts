/** Sentences on how fast changes of Services take effect. */
import { Given, Then, When } from '../sentence.ts';
import { comeAndGo, createServices, judge } from './changes.ts';
import { openGround } from './ground.ts';
import { createOthers } from './others.ts';

Given('a client on every node and two servers', openGround);
Given('{int} other Services, each with two endpoints', createOthers);

When('{int} Services are created, one after the other', createServices);
When('an endpoint is added to a Service and removed again, {int} times', comeAndGo);

Then('each of them has answered on every node within the budget', judge, 'Service');
Then('each time it was asked from every node within the budget, and no more once it was removed', judge, 'endpoint');
