import { type CaseName, caseText } from './seed.ts';

export { type CaseName, greatestSeed, parseCase } from './seed.ts';

/** The cases as Gherkin: one scenario each, named by what repeats it. `cases` is how many, from `from` on. */
export function generatedFeature(from: CaseName, cases: number): string {
  const rows = Array.from({ length: cases }, (_, i) => `      | ${caseText({ ...from, number: from.number + i })} |`);
  return `@fuzz @policies @core
Feature: Generated policies
  Labels and NetworkPolicies drawn at random over the whole of networking.k8s.io/v1 but SCTP, each case as its seed has
  it. What must happen is what the documents of the API say: Kubernetes documentation, "Network Policies", and the
  fields of NetworkPolicySpec.

  Background:
    Given the standing matrix of 3 namespaces with 3 Pods each

  Scenario Outline: seed <case>
    When the labels and policies of the generated case "<case>" are applied
    Then every connection is as the API documents say
    When its policies are deleted
    Then every connection is allowed again

    Examples:
      | case |
${rows.join('\n')}
`;
}
