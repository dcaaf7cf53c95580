/** Faults of networks, played on the oracle: the search must find a case that a person would have written. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge, type PolicyPeer, type PolicySpec } from '../oracle/index.ts';
import { deletions } from './deletions.ts';
import { type Case, clusterOf, ports } from './place.ts';
import { draw, search } from './search.ts';
import { place } from './testing.ts';

/** Whether a network that takes specs for something else treats any connection of the case wrongly. */
const differs =
  (mistaken: (spec: PolicySpec) => PolicySpec) =>
  (one: Case): boolean => {
    const right = clusterOf(place, one);
    const wrong = { ...right, policies: one.policies.map((policy) => ({ ...policy, spec: mistaken(policy.spec) })) };
    return right.pods.some((from) =>
      right.pods.some((to) =>
        ports.some((at) => judge(right, { from, to, ...at }).allowed !== judge(wrong, { from, to, ...at }).allowed),
      ),
    );
  };

const peers =
  (change: (peer: PolicyPeer) => PolicyPeer) =>
  (spec: PolicySpec): PolicySpec => ({
    ...spec,
    ...(spec.ingress && { ingress: spec.ingress.map((rule) => ({ ...rule, from: (rule.from ?? []).map(change) })) }),
    ...(spec.egress && { egress: spec.egress.map((rule) => ({ ...rule, to: (rule.to ?? []).map(change) })) }),
  });

const faults: Record<string, (spec: PolicySpec) => PolicySpec> = {
  'except is ignored': peers((peer) => (peer.ipBlock ? { ipBlock: { cidr: peer.ipBlock.cidr } } : peer)),
  'expressions of peers are ignored': peers((peer) => ({
    ...peer,
    ...(peer.podSelector && { podSelector: { ...peer.podSelector, matchExpressions: [] } }),
  })),
  'egress is never isolated': (spec) => ({ ...spec, policyTypes: ['Ingress'] }),
};

for (const [fault, mistaken] of Object.entries(faults)) {
  test(`the smallest case in which ${fault} is one policy with one rule at most`, async () => {
    const fails = differs(mistaken);
    const number = Array.from({ length: 200 }, (_, i) => i + 1).find((number) =>
      fails(draw(place, { seed: 1, number })),
    );
    const name = { seed: 1, number: number as number };
    const one = draw(place, name);
    const found = await search(place, { name, one }, (smaller) => Promise.resolve(fails(smaller)), {
      mostTries: 1000,
      forMs: 60_000,
    });

    assert.ok(fails(found.smallest));
    assert.equal(found.cut, undefined);
    const [policy, ...others] = found.smallest.policies;
    assert.deepEqual(others, []);
    assert.ok((policy?.spec.ingress ?? []).length + (policy?.spec.egress ?? []).length <= 1);
    assert.deepEqual([...deletions(found.smallest)].filter(fails), [], 'a part could have been left out');
  });
}

test('a search that is cut short keeps what it has found, and says what cut it', async () => {
  const name = { seed: 1, number: 8 };
  const one = draw(place, name);
  const bounds = { mostTries: 5, forMs: 60_000 };
  const few = await search(place, { name, one }, () => Promise.resolve(true), bounds);
  assert.equal(few.tries, 5);
  assert.match(few.cut ?? '', /after 5 smaller cases/);
  assert.ok(JSON.stringify(few.smallest).length < JSON.stringify(one).length);
  const broken = await search(place, { name, one }, () => Promise.reject(new Error('the agent was lost')), bounds);
  assert.equal(JSON.stringify(broken.smallest), JSON.stringify(one));
  assert.deepEqual([broken.tries, broken.cut], [1, 'when the agent was lost']);
  const late = await search(place, { name, one }, () => Promise.resolve(true), { mostTries: 5, forMs: -1 });
  assert.equal(JSON.stringify(late.smallest), JSON.stringify(one));
  assert.equal(late.tries, 0);
});
