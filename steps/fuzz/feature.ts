/** Names one generated case: the seed of a run, and the case's number in it, from 1. */
export interface CaseName {
  seed: number;
  number: number;
}

/** The greatest seed: fast-check takes 32 bits. */
export const greatestSeed = 2 ** 31 - 1;

/** `7` is the first case of seed 7, `7:12` its twelfth. Undefined for anything else. */
export function parseCase(text: string): CaseName | undefined {
  const [, seed, number = '1'] = /^(\d{1,10})(?::(\d{1,7}))?$/.exec(text) ?? [];
  const name = { seed: Number(seed ?? Number.NaN), number: Number(number) };
  return name.seed <= greatestSeed && name.number >= 1 ? name : undefined;
}

export const caseText = ({ seed, number }: CaseName): string => `${seed}:${number}`;

/** What fast-check begins with: cases of one seed differ in every bit, and so do those of neighbouring seeds. */
export function entropyOf({ seed, number }: CaseName): number {
  let bits = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number, 0xc2b2ae35);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

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
