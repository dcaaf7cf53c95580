import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isComplete } from '../rollout.ts';

const deployment = (status: object | undefined) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'frontend', generation: 2 },
  spec: { replicas: 2 },
  ...(status === undefined ? {} : { status }),
});
const complete = { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };

it('a Deployment is complete when all of its Pods are new and available', () =>
  assert.ok(isComplete(deployment(complete))));

const incomplete: Record<string, object | undefined> = {
  'it is new': undefined,
  'its controller has not seen the change': { ...complete, observedGeneration: 1 },
  'an old Pod is left': { ...complete, replicas: 3 },
  'a new Pod is missing': { ...complete, updatedReplicas: 1 },
  'a new Pod is not available': { ...complete, availableReplicas: 1 },
};
for (const [why, status] of Object.entries(incomplete)) {
  it(`a Deployment is not complete when ${why}`, () => assert.ok(!isComplete(deployment(status))));
}
