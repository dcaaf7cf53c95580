import * as fc from 'fast-check';
import type { Policy, PolicySpec } from '../../oracle/index.ts';
import type { Case, Place } from '../place.ts';
import { maybe, several, withFields } from './optional.ts';
import { egressRule, ingressRule } from './rules.ts';
import { namespaceLabels, podLabels, podSelector } from './selectors.ts';

export { labelKeys } from './selectors.ts';

type Types = PolicySpec['policyTypes'];

function policy(place: Place): fc.Arbitrary<Omit<Policy, 'name'>> {
  const rules = <T>(rule: fc.Arbitrary<T>) => maybe(several(rule, 0, 3), 8);
  const spec: fc.Arbitrary<PolicySpec> = withFields({
    podSelector,
    policyTypes: fc.constantFrom<Types[]>(undefined, ['Ingress'], ['Egress'], ['Ingress', 'Egress'], []),
    ingress: rules(ingressRule(place)),
    egress: rules(egressRule(place)),
  });
  return fc.record({ namespace: fc.constantFrom(...place.namespaces), spec });
}

/**
 * Cases over the whole of networking.k8s.io/v1 but SCTP. The same seed gives the same case wherever the Pods are:
 * addresses are only chosen among, never looked at. Policies come first, to be shrunk first.
 */
export const cases = (place: Place): fc.Arbitrary<Case> =>
  // fast-check's bias is for short lists and small numbers, and most cases would be about nothing
  fc.noBias(
    fc.record({
      policies: several(policy(place), 1, 4).map((policies) =>
        policies.map((one, i): Policy => ({ ...one, name: `generated-${i + 1}` })),
      ),
      podLabels: fc.tuple(...place.pods.map(() => podLabels)),
      namespaceLabels: fc.tuple(...place.namespaces.map(() => namespaceLabels)),
    }),
  );
