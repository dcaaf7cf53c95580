/** For tests: runs as a trial would bring them back. */
import { type Run, type Scenario, type Status, summarize } from '../../report/index.ts';

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
    id: 'run',
    startedAt: '2026-11-26T12:00:00.000Z',
    durationMs: 1,
    command: 'netvet mutate',
    netvet: '0.1.0',
    cluster: { provider: 'embedded', kubernetes: 'v1.34.0', nodes: 3, kernel: '6.1' },
    cni: { name: 'reference', version: '0.1.0' },
    summary: summarize(scenarios),
    scenarios,
    ...more,
  };
}
