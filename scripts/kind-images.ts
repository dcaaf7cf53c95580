/** `npm run kind:images`: the engine and images of the tests on real clusters, which make them too if missing. */
import { prepare } from '../clusters/kind/testing.ts';

await prepare();
