/** An index that has followed every change says what one says that is made of what there is: whatever happened. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { aSnapshot } from './fixtures.ts';
import { PodIndex } from './pod-index.ts';
import { indexPods } from './pods.ts';
import { policies } from './policies/index.ts';
import type { PolicyState } from './policies/types.ts';
import { changes, World } from './testing/world.ts';

/** All that a state says, as plain data. */
const plain = ({ selectors, namedPorts, ...rest }: PolicyState) => ({
  ...rest,
  sets: new Map([...selectors, ...namedPorts].map(([name, set]) => [name, new Set(set.keys())])),
});

test('after any changes the index and the policies are those of an index made from nothing', () => {
  fc.assert(
    fc.property(changes, (steps) => {
      const world = new World();
      const index = new PodIndex('node1', (namespace, name) => world.find(namespace, name));
      world.follow(index);
      const states: [PolicyState, unknown][] = [];
      for (const step of steps) {
        world.change(step);
        // several changes may come before somebody asks
        if (step.isSilent) continue;
        index.attach(world.attachments);
        const snapshot = { ...aSnapshot(world.snapshot()), pods: [...world.pods(), ...index.forgotten()] };
        const fresh = indexPods(snapshot);
        assert.deepEqual(index.byAddress, fresh.byAddress);
        assert.deepEqual(
          index.subjects.map(({ pod }) => pod),
          fresh.subjects.map(({ pod }) => pod),
        );
        const state = policies({ ...snapshot, index });
        assert.deepEqual(plain(state), plain(policies(snapshot)));
        assert.equal(policies({ ...snapshot, index }), state, 'no change, the same state');
        states.push([state, plain(state)]);
      }
      for (const [state, was] of states) assert.deepEqual(plain(state), was, 'a state stays what it was');
    }),
    { numRuns: 300 },
  );
});
