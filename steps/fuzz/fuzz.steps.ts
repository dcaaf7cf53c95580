/** Sentences of generated cases (fuzz/feature.ts). */
import { Given, Then, When } from '@cucumber/cucumber';
import { does } from '../sentence.ts';

/** Read only when asked for: the generator takes a while to load, in every worker. */
const fuzz = () => import('./expect.ts');

Given(
  'the standing matrix of 3 namespaces with 3 Pods each',
  does(async (world) => (await fuzz()).useMatrix(world)),
);
When(
  'the labels and policies of the generated case {string} are applied',
  does(async (world, name: string) => (await fuzz()).applyCase(world, name)),
);
Then(
  'every connection is as the API documents say',
  does(async (world) => (await fuzz()).expectDocumented(world)),
);
When(
  'its policies are deleted',
  does(async (world) => (await fuzz()).removePolicies(world)),
);
Then(
  'every connection is allowed again',
  does(async (world) => (await fuzz()).expectAllAllowed(world)),
);
