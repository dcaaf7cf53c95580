/** Sentences on the Pods behind a Service while they change, and on what a client notices of it. */
import { Given, Then, When } from '@cucumber/cucumber';
import type { NetvetWorld } from '../world.ts';
import { createDeployment, expectSameAddress, replaceEveryPod, scale, setReady } from './deployments.ts';
import { askAgainAndAgain, expectGoesOn, expectTalk, reportLost, talk } from './streams.ts';

Given(
  'a Deployment {string} of {int} Pod(s) in the namespace {string}',
  async function (this: NetvetWorld, name: string, replicas: number, namespace: string) {
    await createDeployment(this, name, namespace, replicas, false);
  },
);

Given(
  'a Deployment {string} of {int} Pod(s) in the namespace {string} that are ready while they say so',
  async function (this: NetvetWorld, name: string, replicas: number, namespace: string) {
    await createDeployment(this, name, namespace, replicas, true);
  },
);

When(
  'the Deployment {string} is scaled to {int} Pod(s)',
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
