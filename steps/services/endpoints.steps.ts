/** Sentences on the Pods behind a Service while they change, and on what a client notices of it. */
import { Given, Then, When } from '@cucumber/cucumber';
import { does } from '../sentence.ts';
import * as deployments from './deployments.ts';
import { expectGoesOn, expectTalk, talk } from './streams.ts';

Given('a Deployment {string} of {int} Pod(s) in namespace {string}', does(deployments.createDeployment, false));
Given(
  'a Deployment {string} of {int} Pod(s) in namespace {string} that are ready while they say so',
  does(deployments.createDeployment, true),
);
Given(
  'a Pod {string} labelled {labels}, beside {string}, that serves for {int} s while it is terminating',
  does(deployments.startLingering),
);
Given('{string} sends datagrams from one port to {string} and gets answers from {string}', does(talk));

When('the Deployment {string} is scaled to {int} Pod(s)', does(deployments.scaleDeployment));
When('every Pod of the Deployment {string} is replaced', does(deployments.replaceEveryPod));
When('{string} says that it is ready', does(deployments.setReady, true));
When('{string} says that it is not ready', does(deployments.setReady, false));
When('{string} begins to terminate', does(deployments.beginTermination));

Then('the Service {string} has the address that it had', does(deployments.expectSameAddress));
Then('the connection that {string} holds goes on with {string}', does(expectGoesOn));
Then('the datagrams that {string} sends are answered by {string}', does(expectTalk));
