import type { Plugin } from '@cucumber/cucumber/api';

/**
 * A plugin of cucumber that plans every scenario `repeat` times, in rounds, so that a machine that gets slower or faster does
 * so for all of them. Each is a test case of its own of the same pickle.
 */
const plugin: Plugin<{ repeat?: number }> = {
  type: 'plugin',
  coordinator({ transform, options: { repeat = 1 } }) {
    transform('pickles:order', (planned) =>
      // cucumber tells those that run at the same time apart by the identity of their pickles
      Array.from({ length: repeat }, () => planned.map((each) => ({ ...each, pickle: { ...each.pickle } }))).flat(),
    );
  },
};

export default plugin;
