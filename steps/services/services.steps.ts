/** Sentences on Services: what they are, what becomes of them, and who answers. */
import { Given, Then, When } from '../sentence.ts';
import { expectSticky, expectUnmoved, freeAgain } from './affinity.ts';
import { expectAnswers, expectEvenSpread, expectRefused } from './answers.ts';
import { expectApiServer, expectNoServer, needApiServerOutside } from './api-server.ts';
import { expectAtAddress, expectLocalNodePorts, expectNodePorts, expectSeenBehind } from './node-ports.ts';
import * as services from './services.ts';

Given(
  'the Service {string} in namespace {string} for Pods labelled {labels}, ports {ports}',
  services.createService,
  undefined,
);
Given(
  'the Service {string} in namespace {string} for Pods labelled {labels}, ports {ports}, with:',
  services.createService,
);
Given('the Service {string} in namespace {string} without a selector, ports {ports}', services.withoutSelector);
Given('the Service {string} in namespace {string} that is an external name for {string}', services.externalName);
Given('the Service {string} that every cluster has in namespace {string}', services.findService);
Given('the API server is no Pod', needApiServerOutside);

When(
  'the EndpointSlice {string} of the Service {string} leads to {names} at port {int}, named {string}',
  services.createSlice,
);
When('the Service {string} selects {labels} instead', services.select);
When('the Service {string} has the ports {ports} instead', services.changePorts);
When('the Service {string} becomes a {word} Service for Pods labelled {labels}, ports {ports}', services.become);
When('the Service {string} becomes an external name for {string}', services.becomeName);
When('the Service {string} gets session affinity for {int} seconds', services.addAffinity);
When('the Service {string} loses its session affinity', services.removeAffinity);
When('the Service {string} is deleted', services.deleteService);
When(
  'the Service {string} in namespace {string} for Pods labelled {labels} takes the ClusterIP of {string} first',
  services.takeAddress,
);
When('{string} dials the Service {string} a moment before it is made again', services.dialTooEarly);

Then('it is reported what became of that connection', services.reportTooEarly);
Then('{string} gets answers from {names} at {place}', expectAnswers);
Then('{string} is refused at once at {string}', expectRefused);
Then(
  '{int} connections from {string} to {string} pass the chi-square test for an even spread at the level {float}',
  expectEvenSpread,
);
Then("{string} reaches the Service {string} at every node's port, over TCP and UDP", expectNodePorts);
Then(
  "{string} reaches the Service {string} on the node of {string} only, and its node's address is seen",
  expectLocalNodePorts,
);
Then('the address of {string} is seen behind {names}', expectSeenBehind);
Then('{names} reach the Service {string} at {string}', expectAtAddress);
Then('each of {names} keeps its Pod in {int} connections to {place}', expectSticky);
Then('after quiet times of {int} seconds, at most {int} of them, one of them has come to another Pod', freeAgain);
Then(
  'each of them still comes to its Pod while the address of the Service {string} goes to a new one, {int} times',
  expectUnmoved,
);
Then('{names} reach the API server at the Service "kubernetes"', expectApiServer);
Then('{string} no longer reaches the API server at the Service "kubernetes", and {string} does', expectNoServer);
