/** Sentences on which Pods there are and which of them reach each other. */
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { hold } from './held.ts';
import { parseMatrix } from './probe/index.ts';
import { relabel, startOnNode, startRows } from './probes.ts';
import { namespacesIn, pairs, rolesIn } from './tables.ts';
import type { NetvetWorld } from './world.ts';

Given('the namespaces:', function (this: NetvetWorld, table: DataTable) {
  this.notes.set('namespaces', namespacesIn(table));
});

Given('the Pods:', async function (this: NetvetWorld, table: DataTable) {
  await this.useStage(this.notes.get('namespaces') as Record<string, Record<string, string>>, rolesIn(table));
});

Given(
  "a Pod {string} on the node's own network, beside {string}",
  async function (this: NetvetWorld, name: string, other: string) {
    await startOnNode(this, name, 'shop', this.actor(other).node);
  },
);

Then('the connections are:', async function (this: NetvetWorld, table: DataTable) {
  await this.expectMatrix(parseMatrix(table.raw()));
});

Given('{string} holds a connection to {string}', async function (this: NetvetWorld, client: string, target: string) {
  await hold(this, client, target);
});

When(
  'these Pods start in the namespace {string}:',
  async function (this: NetvetWorld, namespace: string, table: DataTable) {
    await startRows(this, namespace, table.hashes());
  },
);

When('the Pod {string} gets the label {string}', async function (this: NetvetWorld, pod: string, label: string) {
  await relabel(this, { kind: 'Pod', metadata: this.actor(pod).pod.metadata }, pairs(label));
});

When('the Pod {string} loses the label {string}', async function (this: NetvetWorld, pod: string, key: string) {
  await relabel(this, { kind: 'Pod', metadata: this.actor(pod).pod.metadata }, { [key]: null });
});

When(
  'the namespace {string} gets the label {string}',
  async function (this: NetvetWorld, namespace: string, label: string) {
    await relabel(this, { kind: 'Namespace', metadata: { name: this.namespace(namespace) } }, pairs(label));
  },
);

When(
  'the namespace {string} loses the label {string}',
  async function (this: NetvetWorld, namespace: string, key: string) {
    await relabel(this, { kind: 'Namespace', metadata: { name: this.namespace(namespace) } }, { [key]: null });
  },
);
