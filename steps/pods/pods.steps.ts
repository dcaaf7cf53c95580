/** Sentences on Pods: addresses, containers, payloads, restarts. */
import { Given, Then, When } from '@cucumber/cucumber';
import { does } from '../sentence.ts';
import * as addresses from './addresses.ts';
import { expectLocalhost, expectLocalhostShared, expectPortTaken, serveLocally, startPair } from './containers.ts';
import * as hostPorts from './host-ports.ts';
import { expectDatagrams, expectFullDatagrams, expectTransfer } from './payloads.ts';

Given(
  'a Pod {string} with two containers, of which the first serves port {int} and the second port {int}',
  does(startPair),
);
Given('{string} serves port {int} on its localhost only', does(serveLocally));
Given('a Pod {string} with a host port for port {int}, beside {string}', does(hostPorts.startPublished, undefined));
Given(
  "a Pod {string} with a host port for port {int} at its node's localhost only, beside {string}",
  does(hostPorts.startPublished, hostPorts.localhost),
);

When('{int} Pods are created at once in namespace {string}', does(addresses.createMany));
When('the container of {string} crashes and is restarted', does(addresses.crash));
When('the Pod {string} is deleted and made again', does(addresses.remake));

Then('no two Pods of the cluster have the same address', does(addresses.expectUniqueAddresses));
Then("each Pod's own interface has the address that the API shows", does(addresses.expectOwnAddresses));
Then('all of them are running with an address of their own', does(addresses.expectAllAddresses));
Then("{string} and {string} see each other's own address, over TCP and UDP", does(addresses.expectNoTranslation));
Then('{string} has the address that it had', does(addresses.expectAddressKept));
Then('the second container reaches port {int} of the first on localhost', does(expectLocalhostShared));
Then('the second container cannot take port {int}, because the first has it', does(expectPortTaken));
Then('{string} reaches port {int} on its localhost', does(expectLocalhost));
Then('{int} MiB go from {string} to {string} and back, and arrive unchanged', does(expectTransfer));
Then('datagrams of {int} bytes go from {string} to {string} and back, and arrive unchanged', does(expectDatagrams));
Then(
  "datagrams of exactly the Pods' MTU go from {string} to {string} and back, and arrive unchanged",
  does(expectFullDatagrams),
);
Then("{names} reach {string} at its node's address", does(hostPorts.expectPublished, 'allowed', 'address'));
Then("{names} do not reach {string} at its node's address", does(hostPorts.expectPublished, 'denied', 'address'));
Then("{names} reaches {string} at its node's localhost", does(hostPorts.expectPublished, 'allowed', 'localhost'));
