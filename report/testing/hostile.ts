import type { Run } from '../model.ts';
import { sample } from './sample.ts';

/** The sample with every text that comes from outside replaced: names, errors, labels, keys. */
export function hostile(text: string, other: string): Run {
  const run = sample();
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
      measurements: scenario.measurements.flatMap((measurement) => [
        measurement,
        { ...measurement, name: text, unit: other },
      ]),
      ...(scenario.cells && {
        cells: scenario.cells.map((cell) => ({ ...cell, from: text + cell.from, to: cell.to + other })),
      }),
      steps:
        scenario.steps?.map((step) => ({
          ...step,
          text,
          notes: [other],
          block: other,
          table: [[text], [other]],
          keyword: text,
          ...(step.error !== undefined && { error: other }),
        })) ?? [],
    })),
    load:
      run.load?.map((load, i) => ({
        scenario: `${text}${i}`,
        series: load.series.map((series) => ({
          ...series,
          name: text,
          lost: { [other]: 2 },
          usage: [{ name: other, cpu: 1, bytes: 1 }],
        })),
        ...(load.script !== undefined && { script: text }),
        ...(load.differences && {
          differences: load.differences.map((each) => ({ ...each, of: text, from: other, figure: text, unit: other })),
        }),
        events: load.events.map((event) => ({ ...event, label: other })),
      })) ?? [],
    resources: run.resources?.map((resource) => ({ ...resource, node: text, workload: other })) ?? [],
  };
}
