/** An API server must take every case, and every smaller one that a search may try: a refusal would break it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { resourceOfKind } from '../../clusters/embedded/api/resources.ts';
import { validateNew } from '../../clusters/embedded/api/validation/index.ts';
import { deletions } from './deletions.ts';
import { cases } from './generate/index.ts';
import type { Case } from './place.ts';
import { place } from './testing.ts';

const resource = resourceOfKind('NetworkPolicy');

function accepted({ policies }: Case): void {
  for (const { namespace, name, spec } of policies) {
    const policy = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { namespace, name }, spec };
    assert.ok(resource);
    assert.doesNotThrow(
      () => validateNew(resource, structuredClone(policy) as Parameters<typeof validateNew>[1]),
      JSON.stringify(policy),
    );
  }
}

test('every case that is drawn is accepted', () => {
  fc.assert(fc.property(cases(place), accepted), { numRuns: 1000 });
});

test('so is every case without one of its parts, and it is a smaller one', () => {
  const property = fc.property(cases(place), (one) => {
    const all = [...deletions(one)];
    for (const smaller of all) {
      accepted(smaller);
      assert.ok(JSON.stringify(smaller).length < JSON.stringify(one).length);
      assert.equal(smaller.podLabels.length, 9);
      assert.equal(smaller.namespaceLabels.length, 3);
    }
  });
  fc.assert(property, { numRuns: 40 });
});
