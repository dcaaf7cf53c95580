import { budgetLines } from '../budget.ts';
import type { Profile, Run } from '../model.ts';
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

/**
 * The sample as if it had been run so many times: what fails in it does so once in seven, and its convergence is over
 * budget.
 */
export function repeatedSample(times: number): Run {
  const clean = sample({ mishaps: false });
  const run = sample();
  const scenarios = run.scenarios.map((scenario, i) => {
    const passing = clean.scenarios[i] ?? scenario;
    const all = Array.from({ length: times }, (_, n) => ({
      scenario: scenario.status === 'failed' && n % 7 !== 3 ? passing : scenario,
      loads: [],
    }));
    return mergeRepeats(all).scenario;
  });
  const budget = budgetLines(scenarios, profile);
  return { ...run, repeat: times, profile, budget, scenarios, summary: summarize(scenarios) };
}
