import { type Cluster, explain, judge, type Pod } from '../oracle/index.ts';
import { sentence } from '../probe/index.ts';
import type { Wrong } from './look.ts';
import { type Case, clusterOf, type Place } from './place.ts';
import { reproduction } from './reproduction.ts';
import type { Smallest } from './shrink.ts';

/** Connections that are told one by one. */
const told = 8;

/** What a failed case says: how many connections are wrong, the smallest case, why each is wrong, and YAML to paste. */
export interface Failure {
  /** Repeats the case. */
  command: string;
  total: number;
  wrong: Wrong[];
  one: Case;
  /** In words: it was not looked for, for this reason. */
  smallest: Smallest | string;
  /** The policies were there and are no more. */
  deleted?: boolean;
}

/** `names` are what people call the namespaces, in the order of the place. */
export function failureText(
  place: Place,
  names: string[],
  { command, total, wrong, one, smallest, deleted }: Failure,
): string {
  const shrunk = typeof smallest === 'string' ? { smallest: one, wrong } : smallest;
  const rename = <T>(value: T): T => {
    const text = JSON.stringify(value);
    return JSON.parse(
      place.namespaces.reduce((all, real, i) => all.replaceAll(`"${real}"`, `"${names[i]}"`), text),
    ) as T;
  };
  const shown = { place: rename(place), one: rename(shrunk.smallest) };
  const decided = deleted ? { ...shown.one, policies: [] } : shown.one;
  const lines = linesOf(clusterOf(shown.place, decided), shrunk.wrong);
  const matters = new Set(shrunk.wrong.slice(0, told).flatMap(({ connection: { from, to } }) => [from.name, to.name]));
  return [
    `${wrong.length} of ${total} connections are not as the API documents say:`,
    ...lines.map((line) => `  ${line}`),
    '',
    howSmall(smallest),
    `${command} repeats it. As YAML:`,
    '',
    reproduction(shown.place, shown.one, matters),
  ].join('\n');
}

function howSmall(smallest: Smallest | string): string {
  if (typeof smallest === 'string') return `That is the case as it was drawn: ${smallest}.`;
  const { tries, seconds, cut } = smallest;
  const found = `That is the smallest case that was found to fail, in ${tries} tries and ${seconds.toFixed(0)} s`;
  return `${found}${cut === undefined ? '' : `; the search ended ${cut}`}.`;
}

/** What is wrong, connection by connection, each with the policy and rule that should have decided it. */
function linesOf(cluster: Cluster, wrong: Wrong[]): string[] {
  const lines = wrong.slice(0, told).map((each) => {
    const podCalled = (name: string) => cluster.pods.find((pod) => pod.name === name) as Pod;
    const { from, to, port, protocol } = each.connection;
    const connection = { from: podCalled(from.name), to: podCalled(to.name), port, protocol };
    return `${sentence(each)}; ${explain(connection, judge(cluster, connection))}`;
  });
  return wrong.length <= told ? lines : [...lines, `and ${wrong.length - told} more`];
}
