import { budgetLines } from '../budget.ts';
import type { Profile, Run, Scenario } from '../model.ts';
import { summarize } from '../outcome.ts';
import { mergeRepeats } from '../repeats.ts';
import { sample } from './sample.ts';

const profile: Profile = {
  name: 'strict',
  attemptMs: { least: 500, most: 5_000 },
  gapMs: { attempts: 5_000, pages: 3_000 },
  changeMs: 10_000,
  limits: [
    { figure: 'convergence', area: 'policies', p95Ms: 300, maxMs: 3_000 },
    { figure: 'leak window', area: 'policies', p95Ms: 1_000, maxMs: 3_000 },
  ],
};

/** The sample as if run so many times: what fails in it does so once in seven; its convergence is over budget. */
export function repeatedSample(times: number): Run {
  const clean = sample({ mishaps: false });
  const run = sample();
  const scenarios = run.scenarios.map((scenario, i) => {
    const passing = clean.scenarios[i] ?? scenario;
    const each = (n: number) => (scenario.status === 'failed' && n % 7 !== 3 ? passing : scenario);
    return mergeRepeats(Array.from({ length: times }, (_, n) => ({ scenario: each(n), loads: [] }))).scenario;
  });
  const budget = budgetLines(scenarios, profile);
  return { ...run, repeat: times, profile, budget, scenarios, summary: summarize(scenarios) };
}

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

/** The sample with every text that comes from outside replaced: names, errors, labels, keys. */
export function hostile(text: string, other: string): Run {
  const run = sample();
  const ofStep = { keyword: text, text, notes: [other], block: other, table: [[text], [other]] };
  const ofSeries = { name: text, lost: { [other]: 2 }, usage: [{ name: other, cpu: 1, bytes: 1 }] };
  return {
    ...run,
    id: text,
    command: other,
    netvet: text,
    cluster: { provider: text, kubernetes: other, nodes: 3, kernel: text },
    cni: { name: text, version: other, mutant: text },
    environment: { [text]: other },
    problems: [text, other],
    scenarios: run.scenarios.map((scenario, i) => ({
      ...scenario,
      id: `${text}${i}`,
      feature: i % 2 === 0 ? text : other,
      name: other,
      source: text,
      tags: [text],
      ...(scenario.reason !== undefined && { reason: text }),
      measurements: scenario.measurements.flatMap((each) => [each, { ...each, name: text, unit: other }]),
      ...(scenario.cells && {
        cells: scenario.cells.map((cell) => ({ ...cell, from: text + cell.from, to: cell.to + other })),
      }),
      steps: (scenario.steps ?? []).map((step) => ({
        ...step,
        ...ofStep,
        ...(step.error !== undefined && { error: other }),
      })),
    })),
    load:
      run.load?.map((load, i) => ({
        scenario: `${text}${i}`,
        series: load.series.map((series) => ({ ...series, ...ofSeries })),
        events: load.events.map((event) => ({ ...event, label: other })),
      })) ?? [],
    resources: run.resources?.map((resource) => ({ ...resource, node: text, workload: other })) ?? [],
  };
}
