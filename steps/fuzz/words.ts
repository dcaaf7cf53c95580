import { type Cluster, explain, judge, type Pod } from '../oracle/index.ts';
import { sentence } from '../probe/index.ts';
import type { Wrong } from './look.ts';
import { type Case, clusterOf, type Place } from './place.ts';
import { reproduction } from './reproduction.ts';
import type { Smallest } from './shrink.ts';

/** Pairs of Pods that are told, each by its first connection that is wrong. */
const told = 3;

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
export function failureText(place: Place, names: string[], failure: Failure): string {
  const { command, total, wrong, one, smallest, deleted } = failure;
  const shrunk = typeof smallest === 'string' ? { smallest: one, wrong } : smallest;
  const rename = <T>(value: T): T => {
    const text = JSON.stringify(value);
    return JSON.parse(place.namespaces.reduce((all, old, i) => all.replaceAll(`"${old}"`, `"${names[i]}"`), text)) as T;
  };
  const shown = { place: rename(place), one: rename(shrunk.smallest) };
  const decided = deleted ? { ...shown.one, policies: [] } : shown.one;
  const first = [...Map.groupBy(shrunk.wrong, ({ connection: { from, to } }) => `${from.name} ${to.name}`).values()]
    .slice(0, told)
    .map(([each]) => each as Wrong);
  const lines = linesOf(clusterOf(shown.place, decided), first);
  const more = shrunk.wrong.length - first.length;
  const matters = new Set(first.flatMap(({ connection: { from, to } }) => [from.name, to.name]));
  const search = howSmall(smallest, shrunk.wrong.length);
  return [
    `${wrong.length} of ${total} connections are not as the API documents say${search}:`,
    ...lines.map((line) => `  ${line}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    '',
    ...(typeof smallest === 'string' ? [`This is the case as it was drawn: ${smallest}.`] : []),
    `${command} repeats it. As YAML:`,
    '',
    reproduction(shown.place, shown.one, matters),
  ].join('\n');
}

function howSmall(smallest: Smallest | string, wrong: number): string {
  if (typeof smallest === 'string') return '';
  const { tries, seconds, cut } = smallest;
  const search = `${tries} tries, ${seconds.toFixed(0)} s${cut === undefined ? '' : `; it ended ${cut}`}`;
  return `, ${wrong} in the smallest case that was found (${search})`;
}

/** What is wrong, connection by connection, each with the policy and rule that should have decided it. */
function linesOf(cluster: Cluster, wrong: Wrong[]): string[] {
  return wrong.map((each) => {
    const podCalled = (name: string) => cluster.pods.find((pod) => pod.name === name) as Pod;
    const { from, to, port, protocol } = each.connection;
    const connection = { from: podCalled(from.name), to: podCalled(to.name), port, protocol };
    return `${sentence(each)}; ${explain(connection, judge(cluster, connection))}`;
  });
}
