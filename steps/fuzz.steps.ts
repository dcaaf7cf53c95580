/** Sentences of generated cases (fuzz/feature.ts). */
import { Given, Then, When } from '@cucumber/cucumber';
import { applyCase, expectAllAllowed, expectDocumented, removePolicies, useMatrix } from './fuzz/index.ts';
import type { NetvetWorld } from './world.ts';

Given('the standing matrix of 3 namespaces with 3 Pods each', async function (this: NetvetWorld) {
  await useMatrix(this);
});

When(
  'the labels and policies of the generated case {string} are applied',
  async function (this: NetvetWorld, name: string) {
    await applyCase(this, name);
  },
);

Then('every connection is as the API documents say', async function (this: NetvetWorld) {
  await expectDocumented(this);
});

When('its policies are deleted', async function (this: NetvetWorld) {
  await removePolicies(this);
});

Then('every connection is allowed again', async function (this: NetvetWorld) {
  await expectAllAllowed(this);
});
