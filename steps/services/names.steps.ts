/** Sentences on the names of Services. */
import { type DataTable, Given, Then } from '@cucumber/cucumber';
import { listed } from '../tables.ts';
import type { NetvetWorld } from '../world.ts';
import {
  dnsName,
  expectAddresses,
  expectNothing,
  expectResolves,
  expectReverse,
  expectServiceNames,
  expectSrv,
  expectSrvOfPods,
  needNamesFromPods,
} from './names.ts';
import { createService } from './services.ts';

Given(
  'the Service {string} in the namespace {string} that is an external name for {string}',
  async function (this: NetvetWorld, name: string, namespace: string, external: string) {
    await createService(this, name, namespace, { type: 'ExternalName', externalName: await dnsName(this, external) });
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

Given(
  'the names of the cluster come from Pods in kube-system that are labelled {string}',
  async function (this: NetvetWorld, label: string) {
    await needNamesFromPods(this, label);
  },
);
