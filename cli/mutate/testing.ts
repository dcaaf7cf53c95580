/** For tests: runs as a trial would bring them back. */
import { type Run, type Scenario, type Status, summarize } from '../../report/index.ts';
import { metadata } from '../../report/testing/suite.ts';

export const aScenario = (id: string, status: Status, reason?: string): Scenario => ({
  id,
  feature: 'Address blocks',
  name: id,
  tags: [],
  level: 'core',
  status,
  durationMs: 1,
  measurements: [],
  ...(reason !== undefined && { reason }),
});

export function aRun(scenarios: Scenario[], more: Partial<Run> = {}): Run {
  return {
    schema: 'netvet/run/v1',
    ...metadata,
    durationMs: 1,
    summary: summarize(scenarios),
    scenarios,
    ...more,
  };
}
