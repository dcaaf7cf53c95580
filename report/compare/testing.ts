import type { Run, Scenario, Status } from '../model.ts';
import { summarize } from '../outcome.ts';
import { sample } from '../testing/sample.ts';
import type { Entry } from './model.ts';

export const metadata = {
  id: '20261126-090000',
  createdAt: '2026-11-26T09:00:00.000Z',
  netvet: '0.1.0',
  command: 'netvet compare reference ptp',
};

/** The sample as if a CNI without policies had been under it, once more with the changes given. */
export function withoutPolicies(change: Partial<Run> = {}): Run {
  const run = sample({ mishaps: false });
  const scenarios = run.scenarios.map((scenario): Scenario => {
    if (scenario.area !== 'policies' || scenario.status !== 'passed') return scenario;
    return { ...scenario, status: 'failed', reason: 'should be denied, and was allowed', measurements: [] };
  });
  return {
    ...run,
    id: 'ptp',
    cni: { name: 'ptp', version: 'v1.9.1' },
    scenarios,
    summary: summarize(scenarios),
    ...change,
  };
}

/** A small run of scenarios a/f/0, a/f/1 ... that ended as given. */
export function small(name: string, statuses: readonly Status[], change: Partial<Run> = {}): Run {
  const { load: _, ...rest } = sample();
  const scenarios = statuses.map(
    (status, i): Scenario => ({
      id: `a/f/${i}`,
      area: 'a',
      feature: 'f',
      name: `scenario ${i}`,
      tags: [],
      level: 'core',
      status,
      ...(status !== 'passed' && { reason: `${name} ${status}` }),
      durationMs: 1,
      ...(status === 'flaky' && {
        repeats: (['passed', 'failed'] as const).map((each) => ({ status: each, durationMs: 1, measurements: [] })),
      }),
      measurements: status === 'passed' ? [{ name: 'convergence', value: 10 * (i + 1), unit: 'ms' }] : [],
    }),
  );
  return { ...rest, id: name, cni: { name, version: '1' }, scenarios, summary: summarize(scenarios), ...change };
}

export const stored = (run: Run, source = run.id): Entry => ({ run, source });
