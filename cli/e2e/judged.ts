import assert from 'node:assert/strict';
import type { Run, ScenarioName } from '../../report/index.ts';
import { allScenarios } from '../suite.ts';
import { findTool } from '../tools.ts';

/** Where nodes reach each other's Pods by routes, there is no tunnel to attack. */
const tunnels = {
  'policies/attacks/a-pod-that-may-not-go-out-does-not-get-out-through-': /no tunnel that could be attacked so/,
  'policies/attacks/a-pod-that-may-go-out-does-not-get-in-through-': /no tunnel that could be attacked so/,
};

/** What cannot be judged on a kind of cluster: ids, or how they begin, with what the reason of the skip has to say. */
const skips: Record<string, Record<string, RegExp>> = {
  embedded: {
    ...tunnels,
    'nodes/a-node-joins-late/': /is not run by systemd/,
    'nodes/a-node-reboots/': /is not run by systemd/,
    'nodes/control-plane/': /needs a cluster with one control plane/,
    'nodes/services-of-the-node/': /is not run by systemd/,
  },
  kind: {
    ...tunnels,
    'policies/peers/every-namespace-means-every-pod-and-not-the-world': /API server is at the address of a Pod/,
  },
  existing: {},
};

/** The scenarios that a test means, by the feature files and not by what a run says of itself. */
export async function scenariosWhere(means: (scenario: ScenarioName) => boolean): Promise<ScenarioName[]> {
  const all = (await allScenarios()).filter(means);
  assert.ok(all.length > 0, 'no scenario is meant');
  return all;
}

/** A predicate for scenarios that have none of these tags. */
export const without =
  (...tags: string[]) =>
  (scenario: Pick<ScenarioName, 'tags'>): boolean =>
    !scenario.tags.some((tag) => tags.includes(tag));

/** What was meant and has no verdict, one line each: not in the run, broken, or skipped for a reason not above. */
export function notJudged(
  { scenarios, cluster }: Pick<Run, 'scenarios' | 'cluster'>,
  meant: ScenarioName[],
  missing: string[] = [],
): string[] {
  const known = Object.entries(skips[cluster.provider] ?? {});
  const results = new Map(scenarios.map((each) => [each.id, each]));
  return meant.flatMap(({ id, level, tags }) => {
    const { status = 'not in the run', reason = '' } = results.get(id) ?? {};
    if (level === 'observed' ? status === 'observed' : status === 'passed' || status === 'failed') return [];
    const may =
      known.some(([ids, why]) => id.startsWith(ids) && why.test(reason)) ||
      (tags.includes('@load') && missing.some((tool) => reason.includes(tool)));
    return status === 'skipped' && may ? [] : [`${id}: ${status} ${reason}`];
  });
}

/** Everything that was meant has a verdict. Scenarios under load may lack k6 where this machine does. */
export async function assertJudged(run: Run, means: (scenario: ScenarioName) => boolean): Promise<void> {
  const k6 = await findTool('k6');
  assert.deepEqual(notJudged(run, await scenariosWhere(means), 'missing' in k6 ? [k6.missing] : []), []);
}
