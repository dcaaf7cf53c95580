import type { Run } from '../model.ts';
import { statuses, summarize } from '../outcome.ts';
import { anyText, atLeastZero, flag, list, mapOf, number, object, oneOf, optional, text } from '../shape.ts';

const measurements = list(object({ name: anyText, value: number, unit: anyText }));

const scenario = object({
  id: text,
  feature: anyText,
  area: optional(anyText),
  name: anyText,
  level: oneOf('core', 'extended', 'observed'),
  status: oneOf(...statuses),
  reason: optional(anyText),
  durationMs: atLeastZero,
  measurements,
  repeats: optional(list(object({ status: oneOf(...statuses), durationMs: atLeastZero, measurements }))),
});

const latency = object({ p50: number, p90: number, p95: number, p99: number, max: number });
const series = object({ name: anyText, sent: atLeastZero, answered: atLeastZero, lost: mapOf(atLeastZero), latency });

const cores = object({ least: atLeastZero, mean: atLeastZero, most: atLeastZero });
const resource = object({ node: anyText, memoryBytes: atLeastZero, cores });

/** As much of run.schema.json as a comparison reads: a file that lies about the rest does no harm here. */
const shape = object({
  schema: oneOf('netvet/run/v1'),
  id: text,
  startedAt: text,
  durationMs: atLeastZero,
  command: anyText,
  netvet: anyText,
  cluster: object({ provider: anyText, kubernetes: anyText, nodes: atLeastZero, kernel: anyText }),
  cni: object({ name: anyText, version: anyText, mutant: optional(anyText) }),
  environment: optional(mapOf(anyText)),
  interrupted: optional(flag),
  repeat: optional(atLeastZero),
  profile: optional(object({ name: text })),
  budget: optional(
    list(
      object({ figure: anyText, area: anyText, p95: number, max: number, p95Ms: number, maxMs: number, kept: flag }),
    ),
  ),
  problems: optional(list(anyText)),
  // runs of before there were repeats do not count flaky ones
  summary: object({
    ...Object.fromEntries(statuses.map((status) => [status, atLeastZero])),
    flaky: optional(atLeastZero),
  }),
  scenarios: list(scenario),
  load: optional(list(object({ scenario: anyText, series: list(series) }))),
  resources: optional(list(resource)),
});

const most = 3;

/** Reads the text of a run.json that anybody may have written. Throws with what is wrong with it. */
export function readRun(content: string): Run {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    throw new Error(`it is not JSON: ${(error as Error).message}`, { cause: error });
  }
  const faults = shape(value, 'run');
  if (faults.length > 0) {
    const more = faults.length > most ? ` (and ${faults.length - most} more)` : '';
    throw new Error(`it is not a run of netvet: ${faults.slice(0, most).join(', ')}${more}`);
  }
  // runs of before there were repeats count no flaky scenarios
  const run = value as Run;
  const summary = { ...run.summary, flaky: (run.summary as Partial<Run['summary']>).flaky ?? 0 };
  // a summary that says otherwise than the scenarios would make a pass of what is none
  const counts = summarize(run.scenarios);
  const wrong = statuses.filter((each) => summary[each] !== counts[each]);
  if (wrong.length > 0) throw new Error(`its summary and its scenarios disagree on what ${wrong.join(', ')}`);
  return { ...run, summary };
}
