import type { ScenarioName } from '../../report/index.ts';
import { allScenarios } from '../suite.ts';

/** A scenario that can notice a fault. */
export interface Promised extends Pick<ScenarioName, 'id' | 'feature' | 'name'> {
  /** Where its text is, e.g. "features/policies/peers.feature:40": what cucumber takes to run this one alone. */
  place: string;
  /** What is promised, and by which document: the first sentence of its feature's description. */
  promise: string;
}

/** All scenarios of the suite by id. */
export async function readScenarios(): Promise<Map<string, Promised>> {
  const all = (await allScenarios()).map(({ id, feature, name, source, description }): Promised => {
    return { id, feature, name, place: source, promise: firstSentence(description) };
  });
  return new Map(all.map((each) => [each.id, each]));
}

/** Without the line breaks of the file. A full stop inside a word (`kubernetes.io`) ends nothing. */
export function firstSentence(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return /^.*?\.(?=\s|$)/.exec(line)?.[0] ?? line;
}
