/** Sentences on Pods: addresses, containers, payloads, restarts. */
import { Given, Then, When } from '@cucumber/cucumber';
import { expectRefused } from '../refused.ts';
import type { NetvetWorld } from '../world.ts';
import {
  crash,
  createMany,
  expectAddressKept,
  expectAllAddresses,
  expectNoTranslation,
  expectOwnAddresses,
  expectUniqueAddresses,
  remake,
} from './addresses.ts';
import { expectLocalhost, expectLocalhostShared, expectPortTaken, serveLocally, startPair } from './containers.ts';
import { expectPublished, startPublished } from './host-ports.ts';
import { expectDatagrams, expectTransfer } from './payloads.ts';

Then('no two Pods of the cluster have the same address', async function (this: NetvetWorld) {
  await expectUniqueAddresses(this);
});

Then("each Pod's own interface has the address that the API shows", async function (this: NetvetWorld) {
  await expectOwnAddresses(this);
});

When(
  '{int} Pods are created at once in the namespace {string}',
  async function (this: NetvetWorld, count: number, namespace: string) {
    await createMany(this, count, namespace);
  },
);

Then('all of them are running with an address of their own', function (this: NetvetWorld) {
  expectAllAddresses(this);
});

Then(
  "{string} and {string} see each other's own address, over TCP and UDP",
  async function (this: NetvetWorld, one: string, other: string) {
    await expectNoTranslation(this, one, other);
  },
);

Given(
  'a Pod {string} with two containers, of which the first serves port {int} and the second port {int}',
  async function (this: NetvetWorld, name: string, first: number, second: number) {
    await startPair(this, name, first, second);
  },
);

Then(
  'the second container reaches port {int} of the first on localhost',
  async function (this: NetvetWorld, port: number) {
    await expectLocalhostShared(this, port);
  },
);

Then(
  'the second container cannot take port {int}, because the first has it',
  async function (this: NetvetWorld, port: number) {
    await expectPortTaken(this, port);
  },
);

Given(
  '{string} serves port {int} on its localhost only',
  async function (this: NetvetWorld, pod: string, port: number) {
    await serveLocally(this, pod, port);
  },
);

Then('{string} reaches port {int} on its localhost', async function (this: NetvetWorld, pod: string, port: number) {
  await expectLocalhost(this, pod, port);
});

Then(
  '{string} is refused at once at port {int} of {string}',
  async function (this: NetvetWorld, client: string, port: number, server: string) {
    const target = { host: this.actor(server).ip, port, protocol: 'TCP' as const };
    await expectRefused(this, client, target, `port ${port} of ${server}`);
  },
);

Then(
  '{int} MiB go from {string} to {string} and back, and arrive unchanged',
  async function (this: NetvetWorld, size: number, client: string, server: string) {
    await expectTransfer(this, size, client, server);
  },
);

Then(
  "datagrams of exactly the Pods' MTU go from {string} to {string} and back, and arrive unchanged",
  async function (this: NetvetWorld, client: string, server: string) {
    await expectDatagrams(this, client, server);
  },
);

Then(
  'datagrams of {int} bytes go from {string} to {string} and back, and arrive unchanged',
  async function (this: NetvetWorld, bytes: number, client: string, server: string) {
    await expectDatagrams(this, client, server, bytes);
  },
);

When('the container of {string} crashes and is restarted', async function (this: NetvetWorld, pod: string) {
  await crash(this, pod);
});

Then('{string} has the address that it had', function (this: NetvetWorld, pod: string) {
  expectAddressKept(this, pod);
});

When('the Pod {string} is deleted and made again', async function (this: NetvetWorld, pod: string) {
  await remake(this, pod);
});

Given(
  'a Pod {string} with a host port for port {int}, beside {string}',
  async function (this: NetvetWorld, name: string, port: number, other: string) {
    await startPublished(this, name, port, this.actor(other).node);
  },
);

Given(
  "a Pod {string} with a host port for port {int} at its node's localhost only, beside {string}",
  async function (this: NetvetWorld, name: string, port: number, other: string) {
    await startPublished(this, name, port, this.actor(other).node, 'localhost');
  },
);

Then(
  "{string} reaches {string} at its node's localhost",
  async function (this: NetvetWorld, client: string, pod: string) {
    await expectPublished(this, [client], pod, 'allowed', 'localhost');
  },
);

Then(
  "{string} and {string} do not reach {string} at its node's address",
  async function (this: NetvetWorld, one: string, other: string, pod: string) {
    await expectPublished(this, [one, other], pod, 'denied');
  },
);

Then(
  "{string} and {string} reach {string} at its node's address",
  async function (this: NetvetWorld, one: string, other: string, pod: string) {
    await expectPublished(this, [one, other], pod);
  },
);
