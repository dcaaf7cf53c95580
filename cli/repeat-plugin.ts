import type { Plugin } from '@cucumber/cucumber/api';
import { heaviestFirst } from './pace/index.ts';

/** Puts the heaviest scenarios first, unless the order is `given`, and plans each `repeat` times, in rounds. */
const plugin: Plugin<{ repeat?: number; given?: boolean }> = {
  type: 'plugin',
  coordinator({ transform, options: { repeat = 1, given = false } }) {
    transform('pickles:order', (planned) => {
      const order = given ? planned : heaviestFirst(planned);
      // cucumber tells those that run at the same time apart by the identity of their pickles
      return Array.from({ length: repeat }, () =>
        order.map((each) => ({ ...each, pickle: { ...each.pickle } })),
      ).flat();
    });
  },
};

export default plugin;
