/** Sentences on Services that become something else: other ports, another type, another affinity. */
import { type DataTable, When } from '@cucumber/cucumber';
import type { NetvetWorld } from '../world.ts';
import { becomeName, becomeService, changeAffinity, changePorts } from './service-changes.ts';

When(
  'the Service {string} has these ports instead:',
  async function (this: NetvetWorld, name: string, table: DataTable) {
    await changePorts(this, name, table.hashes());
  },
);

When(
  'the Service {string} becomes one with an address, for Pods labelled {string}:',
  async function (this: NetvetWorld, name: string, labels: string, table: DataTable) {
    await becomeService(this, name, 'ClusterIP', labels, table.hashes());
  },
);

When(
  'the Service {string} becomes one with node ports, for Pods labelled {string}:',
  async function (this: NetvetWorld, name: string, labels: string, table: DataTable) {
    await becomeService(this, name, 'NodePort', labels, table.hashes());
  },
);

When(
  'the Service {string} becomes an external name for {string}',
  async function (this: NetvetWorld, name: string, external: string) {
    await becomeName(this, name, external);
  },
);

When(
  'the Service {string} gets session affinity for {int} seconds',
  async function (this: NetvetWorld, name: string, seconds: number) {
    await changeAffinity(this, name, seconds);
  },
);

When('the Service {string} loses its session affinity', async function (this: NetvetWorld, name: string) {
  await changeAffinity(this, name);
});
