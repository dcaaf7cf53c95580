/** Sentences of generated cases (feature.ts). */
import { Given, Then, When } from '../sentence.ts';
import type { World } from '../world.ts';

/** Read only when asked for: the generator takes a while to load, in every worker. */
const fuzz = () => import('./expect.ts');
const later =
  (what: 'useMatrix' | 'expectDocumented' | 'removePolicies' | 'expectAllAllowed') => async (world: World) =>
    (await fuzz())[what](world);
const applyCase = async (world: World, name: string) => (await fuzz()).applyCase(world, name);

Given('the standing matrix of 3 namespaces with 3 Pods each', later('useMatrix'));
When('the labels and policies of the generated case {string} are applied', applyCase);
Then('every connection is as the API documents say', later('expectDocumented'));
When('its policies are deleted', later('removePolicies'));
Then('every connection is allowed again', later('expectAllAllowed'));
