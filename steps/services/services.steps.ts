/** Sentences on Services: their addresses, ports and affinity, and who answers. */
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { expectRefused } from '../refused.ts';
import { listed, pairs } from '../tables.ts';
import type { NetvetWorld } from '../world.ts';
import { expectFreeAgain, expectSticky } from './affinity.ts';
import { expectAnswers, expectEvenSpread } from './answers.ts';
import { expectApiServer, expectNoApiServer, needApiServerOutside } from './api-server.ts';
import { expectLocalNodePorts, expectNodePorts, expectSeenBehind } from './node-ports.ts';
import { createService, deleteService, dialTooEarly, portsIn, reportTooEarly, select } from './services.ts';

Given(
  'the Service {string} in the namespace {string} for Pods labelled {string}:',
  async function (this: NetvetWorld, name: string, namespace: string, labels: string, table: DataTable) {
    await createService(this, name, namespace, { selector: pairs(labels), ports: portsIn(table.hashes()) });
  },
);

Given(
  'the headless Service {string} in the namespace {string} for Pods labelled {string}:',
  async function (this: NetvetWorld, name: string, namespace: string, labels: string, table: DataTable) {
    await createService(this, name, namespace, {
      headless: true,
      selector: pairs(labels),
      ports: portsIn(table.hashes()),
    });
  },
);

Given(
  'the NodePort Service {string} in the namespace {string} for Pods labelled {string}:',
  async function (this: NetvetWorld, name: string, namespace: string, labels: string, table: DataTable) {
    await createService(this, name, namespace, {
      type: 'NodePort',
      selector: pairs(labels),
      ports: portsIn(table.hashes()),
    });
  },
);

Given(
  'the Service {string} in the namespace {string} for Pods labelled {string}, with session affinity for {int} second(s):',
  async function (
    this: NetvetWorld,
    name: string,
    namespace: string,
    labels: string,
    affinitySeconds: number,
    table: DataTable,
  ) {
    await createService(this, name, namespace, {
      affinitySeconds,
      selector: pairs(labels),
      ports: portsIn(table.hashes()),
    });
  },
);

When('the Service {string} selects {string} instead', async function (this: NetvetWorld, name: string, labels: string) {
  await select(this, name, labels);
});

When('the Service {string} is deleted', async function (this: NetvetWorld, name: string) {
  await deleteService(this, name);
});

When(
  '{string} dials the Service {string} a moment before it is made again',
  async function (this: NetvetWorld, client: string, name: string) {
    await dialTooEarly(this, client, name);
  },
);

Then('it is reported what became of that connection', function (this: NetvetWorld) {
  reportTooEarly(this);
});

Then(
  '{string} gets answers from {string} at {string}',
  async function (this: NetvetWorld, client: string, servers: string, target: string) {
    await expectAnswers(this, client, servers, target);
  },
);

Then('{string} is refused at once at {string}', async function (this: NetvetWorld, client: string, target: string) {
  await expectRefused(this, client, this.target(target), target);
});

Then(
  '{int} connections from {string} to {string} pass the chi-square test for an even spread at the level {float}',
  async function (this: NetvetWorld, count: number, client: string, target: string, level: number) {
    await expectEvenSpread(this, client, target, count, level);
  },
);

Then(
  "{string} reaches the Service {string} at every node's port, over TCP and UDP",
  async function (this: NetvetWorld, client: string, name: string) {
    await expectNodePorts(this, client, name);
  },
);

Then(
  'each of {string} stays with one Pod for {int} connections to {string}',
  async function (this: NetvetWorld, clients: string, count: number, target: string) {
    await expectSticky(this, listed(clients), count, this.target(target));
  },
);

Then(
  'after quiet times of {int} seconds, at most {int} of them, one of them has come to another Pod',
  async function (this: NetvetWorld, seconds: number, times: number) {
    await expectFreeAgain(this, seconds, times, this.target('Service data'));
  },
);

Given(
  'the NodePort Service {string} in the namespace {string} for Pods labelled {string}, for local Pods only:',
  async function (this: NetvetWorld, name: string, namespace: string, labels: string, table: DataTable) {
    const ports = portsIn(table.hashes());
    await createService(this, name, namespace, { type: 'NodePort', local: true, selector: pairs(labels), ports });
  },
);

Then(
  "{string} reaches the Service {string} on the node of {string} only, and its node's address is seen",
  async function (this: NetvetWorld, client: string, name: string, server: string) {
    await expectLocalNodePorts(this, client, name, server);
  },
);

Then(
  'the address of {string} is seen behind {string} and {string}',
  async function (this: NetvetWorld, client: string, one: string, other: string) {
    await expectSeenBehind(this, client, [one, other]);
  },
);

Then(
  '{string}, {string} and {string} reach the API server at the Service "kubernetes"',
  async function (this: NetvetWorld, one: string, two: string, three: string) {
    await expectApiServer(this, [one, two, three]);
  },
);

Given('the API server is no Pod', async function (this: NetvetWorld) {
  await needApiServerOutside(this);
});

Then(
  '{string} no longer reaches the API server at the Service "kubernetes", and {string} does',
  async function (this: NetvetWorld, client: string, witness: string) {
    await expectNoApiServer(this, client, witness);
  },
);
