import type { Run, Scenario } from '../model.ts';
import { sample } from './sample.ts';

/** The sample as if a part of the suite had been run on a machine that stood still from time to time. */
export function disturbedSample(): Run {
  const run = sample({ mishaps: false });
  const scenarios = run.scenarios.map((scenario, i): Scenario => {
    if (scenario.measurements.length === 0) return scenario;
    const stood = i % 3 === 0;
    return {
      ...scenario,
      measurements: scenario.measurements.map((each) => ({ ...each, ...(stood && { disturbed: true as const }) })),
      looks: stood
        ? { sound: 12, void: 2, longestMs: 300 + i, who: 'the agent of <b>web</b>' }
        : { sound: 12, void: 0, longestMs: 4, who: 'netvet itself' },
    };
  });
  const notRun = [{ id: 'pods/names/one-more', area: 'pods', level: 'core' as const }];
  return { ...run, tags: '@core and not @more', notRun, scenarios };
}
