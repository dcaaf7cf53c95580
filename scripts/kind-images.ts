/**
 * `npm run kind:images`: the engine and the images of the tests on real clusters, made where they are missing; those
 * tests do so too.
 */
import { prepare } from '../clusters/kind/testing.ts';

await prepare();
