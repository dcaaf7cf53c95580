/** Sentences on Services, the Pods behind them and their names. */
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { createDeployment, expectSameAddress, replaceEveryPod, scale, setReady } from './actions/deployments.ts';
import {
  dnsName,
  expectAddresses,
  expectNothing,
  expectResolves,
  expectReverse,
  expectServiceNames,
  expectSrv,
  expectSrvOfPods,
} from './actions/names.ts';
import {
  createService,
  deleteService,
  expectAnswers,
  expectEvenSpread,
  expectFreeAgain,
  expectNodePorts,
  expectRefused,
  expectSticky,
  portsIn,
  select,
} from './actions/services.ts';
import { askAgainAndAgain, expectGoesOn, expectTalk, reportLost, talk } from './actions/streams.ts';
import { listed, pairs } from './tables.ts';
import type { NetvetWorld } from './world.ts';

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

Given(
  'the Service {string} in the namespace {string} that is an external name for {string}',
  async function (this: NetvetWorld, name: string, namespace: string, external: string) {
    await createService(this, name, namespace, { type: 'ExternalName', externalName: await dnsName(this, external) });
  },
);

When('the Service {string} selects {string} instead', async function (this: NetvetWorld, name: string, labels: string) {
  await select(this, name, labels);
});

When('the Service {string} is deleted', async function (this: NetvetWorld, name: string) {
  await deleteService(this, name);
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
    await expectSticky(this, listed(clients), count, target);
  },
);

Then(
  'after quiet times of {int} seconds, at most {int} of them, one of them has come to another Pod',
  async function (this: NetvetWorld, seconds: number, times: number) {
    await expectFreeAgain(this, seconds, times, 'Service data');
  },
);

Given(
  'a Deployment {string} of {int} Pods in the namespace {string}',
  async function (this: NetvetWorld, name: string, replicas: number, namespace: string) {
    await createDeployment(this, name, namespace, replicas, false);
  },
);

Given(
  'a Deployment {string} of {int} Pods in the namespace {string} that are ready while they say so',
  async function (this: NetvetWorld, name: string, replicas: number, namespace: string) {
    await createDeployment(this, name, namespace, replicas, true);
  },
);

When(
  'the Deployment {string} is scaled to {int} Pods',
  async function (this: NetvetWorld, name: string, replicas: number) {
    await scale(this, name, 'shop', replicas);
  },
);

When('every Pod of the Deployment {string} is replaced', async function (this: NetvetWorld, name: string) {
  await replaceEveryPod(this, name, 'shop');
});

When('{string} says that it is not ready', async function (this: NetvetWorld, pod: string) {
  await setReady(this, pod, false);
});

When('{string} says that it is ready', async function (this: NetvetWorld, pod: string) {
  await setReady(this, pod, true);
});

Then('the Service {string} has the address that it had', async function (this: NetvetWorld, name: string) {
  await expectSameAddress(this, name);
});

Given('{string} asks {string} again and again', async function (this: NetvetWorld, client: string, target: string) {
  await askAgainAndAgain(this, client, target);
});

Then('it is reported how many requests of {string} were lost', async function (this: NetvetWorld, client: string) {
  await reportLost(this, client);
});

Then(
  'the connection that {string} holds goes on with {string}',
  async function (this: NetvetWorld, client: string, server: string) {
    await expectGoesOn(this, client, server);
  },
);

Given(
  '{string} sends datagrams from one port to {string} and gets answers from {string}',
  async function (this: NetvetWorld, client: string, target: string, server: string) {
    await talk(this, client, target, server);
  },
);

Then(
  'the datagrams that {string} sends are answered by {string}',
  async function (this: NetvetWorld, client: string, server: string) {
    await expectTalk(this, client, server);
  },
);

Then(
  '{string} finds the address of the Service {string} under the names:',
  async function (this: NetvetWorld, client: string, name: string, table: DataTable) {
    await expectServiceNames(this, client, name, table.raw().flat());
  },
);

Then(
  '{string} finds nothing under the name {string}',
  async function (this: NetvetWorld, client: string, name: string) {
    await expectNothing(this, client, name);
  },
);

Then(
  '{string} finds the SRV record {string} under the name {string}',
  async function (this: NetvetWorld, client: string, record: string, name: string) {
    await expectSrv(this, client, record, name);
  },
);

Then(
  '{string} finds an SRV record with port {int} for each of {string} under the name {string}',
  async function (this: NetvetWorld, client: string, port: number, pods: string, name: string) {
    await expectSrvOfPods(this, client, port, listed(pods), name);
  },
);

Then(
  '{string} finds the addresses of {string} under the name {string}',
  async function (this: NetvetWorld, client: string, pods: string, name: string) {
    await expectAddresses(this, client, listed(pods), name);
  },
);

Then(
  '{string} finds {string} as the name of the address of the Service {string}',
  async function (this: NetvetWorld, client: string, name: string, service: string) {
    await expectReverse(this, client, name, service);
  },
);

Then('{string} resolves {string}', async function (this: NetvetWorld, client: string, service: string) {
  await expectResolves(this, client, service, true);
});

Then('{string} no longer resolves {string}', async function (this: NetvetWorld, client: string, service: string) {
  await expectResolves(this, client, service, false);
});
