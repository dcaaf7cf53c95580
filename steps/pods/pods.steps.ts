/** Sentences on Pods: addresses, containers, payloads, restarts. */
import { Given, Then, When } from '../sentence.ts';
import * as addresses from './addresses.ts';
import { expectLocalhost, expectLocalhostShared, expectPortTaken, serveLocally, startPair } from './containers.ts';
import * as hostPorts from './host-ports.ts';
import { expectDatagrams, expectFullDatagrams, expectTransfer } from './payloads.ts';

Given('a Pod {string} with two containers, of which the first serves port {int} and the second port {int}', startPair);
Given('{string} serves port {int} on its localhost only', serveLocally);
Given('a Pod {string} with a host port for port {int}, beside {string}', hostPorts.startPublished, undefined);
Given(
  "a Pod {string} with a host port for port {int} at its node's localhost only, beside {string}",
  hostPorts.startPublished,
  hostPorts.localhost,
);

When('{int} Pods are created at once in namespace {string}', addresses.createMany);
When('the container of {string} crashes and is restarted', addresses.crash);
When('the Pod {string} is deleted and made again', addresses.remake);

Then('no two Pods of the cluster have the same address', addresses.expectUniqueAddresses);
Then("each Pod's own interface has the address that the API shows", addresses.expectOwnAddresses);
Then('all of them are running with an address of their own', addresses.expectAllAddresses);
Then("{string} and {string} see each other's own address, over TCP and UDP", addresses.expectNoTranslation);
Then('{string} has the address that it had', addresses.expectAddressKept);
Then('the second container reaches port {int} of the first on localhost', expectLocalhostShared);
Then('the second container cannot take port {int}, because the first has it', expectPortTaken);
Then('{string} reaches port {int} on its localhost', expectLocalhost);
Then('{int} MiB go from {string} to {string} and back, and arrive unchanged', expectTransfer);
Then('datagrams of {int} bytes go from {string} to {string} and back, and arrive unchanged', expectDatagrams);
Then(
  "datagrams of exactly the Pods' MTU go from {string} to {string} and back, and arrive unchanged",
  expectFullDatagrams,
);
Then("{names} reach {string} at its node's address", hostPorts.expectPublished, 'allowed', 'address');
Then("{names} do not reach {string} at its node's address", hostPorts.expectPublished, 'denied', 'address');
Then("{names} reaches {string} at its node's localhost", hostPorts.expectPublished, 'allowed', 'localhost');
