/** Sentences on the Pods behind a Service while they change, and on what a client notices of it. */
import { Given, Then, When } from '../sentence.ts';
import * as deployments from './deployments.ts';
import { expectGoesOn, expectTalk, talk } from './streams.ts';

Given('a Deployment {string} of {int} Pod(s) in namespace {string}', deployments.createDeployment, false);
Given(
  'a Deployment {string} of {int} Pod(s) in namespace {string} that are ready while they say so',
  deployments.createDeployment,
  true,
);
Given(
  'a Pod {string} labelled {labels}, beside {string}, that serves for {int} s while it is terminating',
  deployments.startLingering,
);
Given('{string} sends datagrams from one port to {string} and gets answers from {string}', talk);

When('the Deployment {string} is scaled to {int} Pod(s)', deployments.scaleDeployment);
When('every Pod of the Deployment {string} is replaced', deployments.replaceEveryPod);
When('{string} says that it is ready', deployments.setReady, true);
When('{string} says that it is not ready', deployments.setReady, false);
When('{string} begins to terminate', deployments.beginTermination);

Then('the Service {string} has the address that it had', deployments.expectSameAddress);
Then('the connection that {string} holds goes on with {string}', expectGoesOn);
Then('the datagrams that {string} sends are answered by {string}', expectTalk);
