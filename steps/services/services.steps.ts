/** Sentences on Services: what they are, what becomes of them, and who answers. */
import { Given, Then, When } from '@cucumber/cucumber';
import { expectRefused } from '../refused.ts';
import { does } from '../sentence.ts';
import { expectFreeAgain, expectSticky, expectStickyAtNode, expectUnmoved } from './affinity.ts';
import { expectAnswers, expectAnswersAtNode, expectEvenSpread } from './answers.ts';
import { expectApiServer, expectNoApiServer, needApiServerOutside } from './api-server.ts';
import { expectAtAddress, expectLocalNodePorts, expectNodePorts, expectSeenBehind } from './node-ports.ts';
import * as services from './services.ts';

Given(
  'the Service {string} in namespace {string} for Pods labelled {labels}, ports {ports}',
  does(services.createService, undefined),
);
Given(
  'the Service {string} in namespace {string} for Pods labelled {labels}, ports {ports}, with:',
  does(services.createService),
);
Given(
  'the Service {string} in namespace {string} without a selector, ports {ports}',
  does(services.createWithoutSelector),
);
Given(
  'the Service {string} in namespace {string} that is an external name for {string}',
  does(services.createExternalName),
);
Given('the Service {string} that every cluster has in namespace {string}', does(services.findService));
Given('the API server is no Pod', does(needApiServerOutside));

When(
  'the EndpointSlice {string} of the Service {string} leads to {names} at port {int}, named {string}',
  does(services.createSlice),
);
When('the Service {string} selects {labels} instead', does(services.select));
When('the Service {string} has the ports {ports} instead', does(services.changePorts));
When(
  'the Service {string} becomes a {word} Service for Pods labelled {labels}, ports {ports}',
  does(services.becomeService),
);
When('the Service {string} becomes an external name for {string}', does(services.becomeName));
When('the Service {string} gets session affinity for {int} seconds', does(services.addAffinity));
When('the Service {string} loses its session affinity', does(services.removeAffinity));
When('the Service {string} is deleted', does(services.deleteService));
When('{string} dials the Service {string} a moment before it is made again', does(services.dialTooEarly));

Then('it is reported what became of that connection', does(services.reportTooEarly));
Then('{string} gets answers from {names} at {string}', does(expectAnswers));
Then(
  '{string} gets answers from {names} at the node port of {string} on the node of {string}',
  does(expectAnswersAtNode),
);
Then('{string} is refused at once at {string}', does(expectRefused));
Then(
  '{int} connections from {string} to {string} pass the chi-square test for an even spread at the level {float}',
  does(expectEvenSpread),
);
Then("{string} reaches the Service {string} at every node's port, over TCP and UDP", does(expectNodePorts));
Then(
  "{string} reaches the Service {string} on the node of {string} only, and its node's address is seen",
  does(expectLocalNodePorts),
);
Then('the address of {string} is seen behind {names}', does(expectSeenBehind));
Then('{names} reach the Service {string} at {string}', does(expectAtAddress));
Then('each of {names} keeps its Pod in {int} connections to {string}', does(expectSticky));
Then(
  'each of {names} keeps its Pod in {int} connections to the node port of {string} on the node of {string}',
  does(expectStickyAtNode),
);
Then(
  'after quiet times of {int} seconds, at most {int} of them, one of them has come to another Pod',
  does(expectFreeAgain),
);
Then(
  'each of them still comes to its Pod while the address of the Service {string} goes to a new one, {int} times',
  does(expectUnmoved),
);
Then('{names} reach the API server at the Service "kubernetes"', does(expectApiServer));
Then(
  '{string} no longer reaches the API server at the Service "kubernetes", and {string} does',
  does(expectNoApiServer),
);
