/**
 * The oracle and the reference CNI's model read the same documents and share no code: on 10,000 generated clusters they
 * must agree, in each direction, on the verdict and on which policies isolate. Where they do not, one of them has
 * misread a sentence. The seed is another one each time and is printed with a failure; NETVET_SEED repeats it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { aNamespace, aPod, aPolicy, aSnapshot } from '../../reference/model/fixtures.ts';
import {
  type Explanation,
  explain,
  type Half,
  type NetworkPolicyObject,
  type Snapshot,
} from '../../reference/model/index.ts';
import { type Connection, judge, explain as say } from '../oracle/index.ts';
import { cases } from './generate/index.ts';
import { type Case, clusterOf, ports } from './place.ts';
import { place } from './testing.ts';

const idOf = ({ namespace, name }: { namespace: string; name: string }) => `${namespace}/${name}`;

/** The case as an API server would send it. */
function snapshotOf({ policies, podLabels, namespaceLabels }: Case): Snapshot {
  return aSnapshot({
    namespaces: place.namespaces.map((name, i) => aNamespace(name, namespaceLabels[i])),
    pods: place.pods.map((pod, i) => {
      const declared = pod.namedPorts.map(({ name, protocol, port }) => ({ name, protocol, containerPort: port }));
      return aPod(idOf(pod), { ip: pod.ip, node: 'node2', labels: podLabels[i] ?? {}, ports: declared });
    }),
    networkPolicies: policies.map((policy) => aPolicy(idOf(policy), policy.spec as NetworkPolicyObject['spec'])),
  });
}

const isolating = (half: Half | ReturnType<typeof judge>['egress']): string[] | undefined =>
  half.because === 'no rule' ? half.policies.toSorted() : undefined;

const cells = fc.array(
  fc.record({
    from: fc.nat(8),
    to: fc.nat(8),
    at: fc.constantFrom(...ports, { protocol: 'TCP' as const, port: 8082 }),
  }),
  { minLength: 6, maxLength: 6 },
);
const seed = process.env['NETVET_SEED'];

test('oracle and reference model agree on 10,000 generated clusters', () => {
  let [compared, denied] = [0, 0];
  const property = fc.property(cases(place), cells, (one, cells) => {
    const [cluster, snapshot] = [clusterOf(place, one), snapshotOf(one)];
    for (const { from, to, at } of cells) {
      const connection = { from: cluster.pods[from], to: cluster.pods[to], ...at } as Connection;
      const oracle = judge(cluster, connection);
      const question = { source: connection.from.ip, destination: connection.to.ip, ...at };
      const model = explain(snapshot, question) as Explanation;
      for (const direction of ['egress', 'ingress'] as const) {
        const ends = `${idOf(connection.from)} -> ${idOf(connection.to)}:${at.port}/${at.protocol}`;
        const where = `${direction} of ${ends}; oracle: ${say(connection, oracle)}; model`;
        assert.equal(model[direction].verdict === 'allowed', oracle[direction].allowed, where);
        assert.deepEqual(isolating(model[direction]), isolating(oracle[direction]), where);
      }
      compared += 1;
      if (!oracle.allowed) denied += 1;
    }
  });
  fc.assert(property, { numRuns: 10_000, ...(seed !== undefined && { seed: Number(seed) }) });
  assert.ok(denied > compared / 10 && denied < compared / 2, `${denied} of ${compared} connections were denied`);
});
