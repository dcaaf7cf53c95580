/** Sentences on nodes: what is done to them, and what their Pods must not notice. */
import { Given, Then, When } from '@cucumber/cucumber';
import type { NetvetWorld } from '../world.ts';
import { churnWithoutAgent, rollAgents } from './cni.ts';
import { expectUnheard, knockSteadily } from './knock.ts';
import { rejoin } from './membership.ts';
import { apiServerAway } from './outage.ts';
import { rebootNode } from './reboot.ts';
import { askSteadily, judgeSteady } from './steady.ts';
import { restartUnit } from './units.ts';

/** Every wait in them has its own bound, and these have several, one after the other. */
const patient = { timeout: 15 * 60_000 };

Given(
  '{string} asks {string} every 20 ms from now on',
  async function (this: NetvetWorld, client: string, target: string) {
    await askSteadily(this, client, target);
  },
);

Given(
  '{string} knocks at {string} every 20 ms from now on',
  async function (this: NetvetWorld, client: string, server: string) {
    await knockSteadily(this, client, server);
  },
);

Then(
  '{string} has heard nothing of the knocking of {string}',
  async function (this: NetvetWorld, server: string, client: string) {
    await expectUnheard(this, client, server);
  },
);

When(
  'the {word} on the node of {string} is restarted',
  patient,
  async function (this: NetvetWorld, unit: string, pod: string) {
    await restartUnit(this, unit, pod);
  },
);

When('the node of {string} is rebooted', patient, async function (this: NetvetWorld, pod: string) {
  await rebootNode(this, pod);
});

Given('a namespace {string}', async function (this: NetvetWorld, name: string) {
  await this.makeNamespace(name);
});

When(
  'the API server is away for {int} s, and the sandbox of {string} dies meanwhile',
  patient,
  async function (this: NetvetWorld, seconds: number, pod: string) {
    await apiServerAway(this, seconds, pod);
  },
);

When(
  'node {int} is drained, leaves the cluster and joins it again',
  patient,
  async function (this: NetvetWorld, node: number) {
    await rejoin(this, node);
  },
);

When("the CNI's agents are rolled", patient, async function (this: NetvetWorld) {
  await rollAgents(this);
});

When(
  "{int} Pods come to the node of {string} and go, {int} times, while the CNI's agent there is killed",
  patient,
  async function (this: NetvetWorld, count: number, pod: string, times: number) {
    await churnWithoutAgent(this, count, pod, times);
  },
);

Then('no question was lost', async function (this: NetvetWorld) {
  await judgeSteady(this);
});
