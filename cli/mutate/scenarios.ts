import { createNames } from '../../report/index.ts';
import { announceScenarios } from '../suite.ts';

/** A scenario that can notice a fault. */
export interface Promised {
  id: string;
  feature: string;
  name: string;
  /** Where its text is, e.g. "features/policies/peers.feature:40": what cucumber takes to run this one alone. */
  place: string;
  /** What is promised, and by which document: the first sentence of its feature's description. */
  promise: string;
}

/** All scenarios of the suite by id. */
export async function readScenarios(): Promise<Map<string, Promised>> {
  const names = createNames();
  const promises = new Map<string, string>();
  const pickles: { id: string; uri: string }[] = [];
  await announceScenarios((envelope) => {
    names.envelope(envelope);
    const { gherkinDocument, pickle } = envelope;
    if (gherkinDocument?.uri !== undefined)
      promises.set(gherkinDocument.uri, firstSentence(gherkinDocument.feature?.description ?? ''));
    if (pickle) pickles.push(pickle);
  });
  return new Map(
    pickles.map(({ id: pickleId, uri }) => {
      const { id, feature, name, source } = names.of(pickleId);
      return [id, { id, feature, name, place: source, promise: promises.get(uri) ?? '' }];
    }),
  );
}

/** Without the line breaks of the file. A full stop inside a word (`kubernetes.io`) ends nothing. */
export function firstSentence(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return /^.*?\.(?=\s|$)/.exec(line)?.[0] ?? line;
}
