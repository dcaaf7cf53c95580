/** Sentences on NetworkPolicies and what they do. */
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { reportHeld } from '../held.ts';
import type { NetvetWorld } from '../world.ts';
import { hasHeard, neverHeard, startDialling } from './first-moment.ts';
import { applyPolicy, replacePolicy } from './policies.ts';
import { deletePod, endPod, handOver } from './reuse.ts';
import { noneGotThrough, startInBatches } from './starts.ts';

Given('this policy in the namespace {string}:', async function (this: NetvetWorld, namespace: string, yaml: string) {
  await applyPolicy(this, namespace, yaml);
});

When(
  'I apply this policy in the namespace {string}:',
  async function (this: NetvetWorld, namespace: string, yaml: string) {
    await applyPolicy(this, namespace, yaml);
  },
);

When(
  'I change the policy in the namespace {string} to:',
  async function (this: NetvetWorld, namespace: string, yaml: string) {
    await replacePolicy(this, namespace, yaml);
  },
);

When(
  'I delete the policy {string} of the namespace {string}',
  async function (this: NetvetWorld, name: string, namespace: string) {
    await this.change(() =>
      this.kube.delete({ kind: 'NetworkPolicy', metadata: { name, namespace: this.namespace(namespace) } }),
    );
  },
);

When(
  'these Pods start in the namespace {string} and dial {string} from their first line on:',
  async function (this: NetvetWorld, namespace: string, target: string, table: DataTable) {
    await startDialling(this, namespace, target, table.hashes());
  },
);

Then('{string} has heard from {string}', async function (this: NetvetWorld, server: string, client: string) {
  await hasHeard(this, server, client);
});

Then(
  '{string} has never heard from {string}, which reaches {string}',
  async function (this: NetvetWorld, server: string, client: string, other: string) {
    await neverHeard(this, server, client, [client, other]);
  },
);

Then(
  '{string} has never heard from {string}, which {string} reaches',
  async function (this: NetvetWorld, server: string, client: string, other: string) {
    await neverHeard(this, server, client, [other, client]);
  },
);

When(
  '{int} Pods labelled {string} start in the namespace {string}, each dialling {string} and {string} from its first line on, which dials back',
  async function (this: NetvetWorld, starts: number, labels: string, namespace: string, closed: string, open: string) {
    await startInBatches(this, { starts, labels, namespace, closed, open });
  },
);

Then('not one packet got through to {string} or to one of them', async function (this: NetvetWorld, closed: string) {
  noneGotThrough(this, closed);
});

When(
  'the Pod {string} is deleted, the Pod {string} ends, and their addresses go to new Pods labelled {string}:',
  async function (this: NetvetWorld, deleted: string, ended: string, labels: string, table: DataTable) {
    await Promise.all([deletePod(this, deleted), endPod(this, ended)]);
    await handOver(this, table.rows() as [string, string][], labels);
  },
);

Then(
  'it is reported what became of the connection that {string} held',
  async function (this: NetvetWorld, client: string) {
    await reportHeld(this, client);
  },
);
