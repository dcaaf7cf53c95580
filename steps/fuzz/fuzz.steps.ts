/** Sentences of generated cases (fuzz/feature.ts). */
import { Given, Then, When } from '@cucumber/cucumber';
import type { NetvetWorld } from '../world.ts';

/** Read only when asked for: the generator takes a while to load, in every worker. */
const fuzz = () => import('./index.ts');

Given('the standing matrix of 3 namespaces with 3 Pods each', async function (this: NetvetWorld) {
  await (await fuzz()).useMatrix(this);
});

When(
  'the labels and policies of the generated case {string} are applied',
  async function (this: NetvetWorld, name: string) {
    await (await fuzz()).applyCase(this, name);
  },
);

Then('every connection is as the API documents say', async function (this: NetvetWorld) {
  await (await fuzz()).expectDocumented(this);
});

When('its policies are deleted', async function (this: NetvetWorld) {
  await (await fuzz()).removePolicies(this);
});

Then('every connection is allowed again', async function (this: NetvetWorld) {
  await (await fuzz()).expectAllAllowed(this);
});
