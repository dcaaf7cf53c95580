/** Sentences on which Pods a Service leads to, and for whom: traffic policies, EndpointSlices, Pods that stop, other addresses. */
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { listed } from '../tables.ts';
import type { NetvetWorld } from '../world.ts';
import { expectSticky } from './affinity.ts';
import { expectAnswers } from './answers.ts';
import { nodePortOf } from './node-ports.ts';
import {
  createExternal,
  createSlice,
  expectAtAddress,
  findService,
  forPods,
  startLingering,
  tellToStop,
} from './service-endpoints.ts';
import { createService, portsIn } from './services.ts';

Given(
  'the Service {string} in the namespace {string} for Pods labelled {string}, for clients of the same node only:',
  async function (this: NetvetWorld, name: string, namespace: string, labels: string, table: DataTable) {
    await createService(this, name, namespace, { ...forPods(labels, table.hashes()), localClients: true });
  },
);

Given(
  'the Service {string} in the namespace {string} for Pods labelled {string}, ready or not:',
  async function (this: NetvetWorld, name: string, namespace: string, labels: string, table: DataTable) {
    await createService(this, name, namespace, { ...forPods(labels, table.hashes()), unreadyToo: true });
  },
);

Given(
  'the Service {string} in the namespace {string} for Pods labelled {string}, at the external address {string} too:',
  async function (
    this: NetvetWorld,
    name: string,
    namespace: string,
    labels: string,
    address: string,
    table: DataTable,
  ) {
    await createExternal(this, name, namespace, { ...forPods(labels, table.hashes()), externalIPs: [address] });
  },
);

Given(
  'the Service {string} in the namespace {string} without a selector:',
  async function (this: NetvetWorld, name: string, namespace: string, table: DataTable) {
    await createService(this, name, namespace, { ports: portsIn(table.hashes()) });
  },
);

When(
  'the EndpointSlice {string} of the Service {string} leads to {string}:',
  async function (this: NetvetWorld, name: string, service: string, pods: string, table: DataTable) {
    await createSlice(this, name, service, pods, table.hashes());
  },
);

Given(
  'the Service {string} that every cluster has in the namespace {string}',
  async function (this: NetvetWorld, name: string, namespace: string) {
    await findService(this, name, namespace);
  },
);

Given(
  'a Pod {string} labelled {string}, beside {string}, that serves for {int} s after it is told to stop',
  async function (this: NetvetWorld, name: string, labels: string, other: string, seconds: number) {
    await startLingering(this, name, labels, seconds, this.actor(other).node);
  },
);

When('{string} is told to stop', async function (this: NetvetWorld, pod: string) {
  await tellToStop(this, pod);
});

Then(
  '{string} reach the Service {string} at {string}',
  async function (this: NetvetWorld, clients: string, name: string, address: string) {
    await expectAtAddress(this, listed(clients), name, address);
  },
);

Then(
  'each of {string} stays with one Pod for {int} connections to the node port of {string} on the node of {string}',
  async function (this: NetvetWorld, clients: string, count: number, name: string, pod: string) {
    await expectSticky(this, listed(clients), count, await nodePortOf(this, name, pod));
  },
);

Then(
  '{string} gets answers from {string} at the node port of {string} on the node of {string}',
  async function (this: NetvetWorld, client: string, servers: string, name: string, pod: string) {
    await expectAnswers(this, client, servers, `the node port of ${name}`, await nodePortOf(this, name, pod));
  },
);
