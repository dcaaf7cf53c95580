/**
 * The run model: the one source of every report. `run.json` is this object, its JSON Schema is run.schema.json.
 */
export type Status = 'passed' | 'failed' | 'skipped' | 'observed' | 'broken';
export type Level = 'core' | 'extended' | 'observed';
export type Verdict = 'allowed' | 'dropped' | 'rejected' | 'leaked' | 'unserved' | 'broken';

/** A figure taken during a scenario, e.g. {name: 'convergence', value: 182.4, unit: 'ms'}. */
export interface Measurement {
  name: string;
  value: number;
  unit: string;
}

/** One probed pair at the end of a step: what was expected of it and what was seen. */
export interface Cell {
  from: string;
  to: string;
  port: number;
  protocol: 'TCP' | 'UDP';
  expected: 'allowed' | 'denied';
  verdict: Verdict;
  /** Index in the scenario's steps of the step that probed it: one scenario probes the same pair before and after a change. */
  step?: number;
}

export interface Step {
  /** "Given", "When", "Then", "And" ...; absent for hooks. */
  keyword?: string;
  text: string;
  /** The block of text under the sentence, e.g. a policy. */
  block?: string;
  /** The table under the sentence. */
  table?: string[][];
  status: Status;
  durationMs: number;
  /** The error's text when it failed or broke. */
  error?: string;
  /** True for what runs around the scenario's own sentences. */
  hook?: boolean;
  /** What the step logged. */
  notes?: string[];
}

export interface Scenario {
  /** Stable from run to run: path of the feature file and the name, e.g. "policies/default-deny/ingress-is-closed". */
  id: string;
  feature: string;
  /** The folder under features/, e.g. "policies". */
  area?: string;
  /** Where its text is, e.g. "features/policies/default-deny.feature:12". */
  source?: string;
  name: string;
  tags: string[];
  level: Level;
  status: Status;
  /** Why it was skipped, failed or broke: one sentence. */
  reason?: string;
  durationMs: number;
  measurements: Measurement[];
  cells?: Cell[];
  steps?: Step[];
}

/** One second of a load run, for the curves. */
export interface LoadPoint {
  /** Seconds since the load began. */
  second: number;
  sent: number;
  lost: number;
  /** Milliseconds. */
  p50: number;
  p95: number;
}

export interface LoadSeries {
  /** e.g. "Service path", "same Pods dialled directly". */
  name: string;
  sent: number;
  answered: number;
  /** Lost requests by error, e.g. {"connection refused": 2}. */
  lost: Record<string, number>;
  /** Milliseconds. */
  latency: { p50: number; p90: number; p95: number; p99: number; max: number };
  points: LoadPoint[];
  /** The figure of each round by which paths are compared, and when the round began. */
  rounds?: { second: number; value: number }[];
  /** The cumulative distribution of the latency: [share of requests, milliseconds at most]. */
  distribution?: [share: number, ms: number][];
  /** Of a ramp, the round in the middle: what was due and answered each second, and how slow it was. */
  steps?: { due: number; answered: number; p95: number }[];
  /** Processors that were busy and bytes that were in use meanwhile, of nodes and of the network's own processes on them. */
  usage?: { name: string; cpu: number; bytes: number }[];
  /** k6's own exit codes, round by round; 99: one of its thresholds was missed. */
  exitCodes?: number[];
}

/** How much more one path takes than another, and the 95 % confidence interval of that. */
export interface LoadDifference {
  /** Names of series. */
  of: string;
  from: string;
  /** What is compared, e.g. "p50". */
  figure: string;
  /** ms, or requests/s. */
  unit: string;
  mean: number;
  low: number;
  high: number;
  /** Rounds that it comes from. */
  rounds: number;
  /** The mean of the figure that it starts from. */
  base: number;
}

export interface Load {
  scenario: string;
  /** The k6 script, where the load is no scenario's. */
  script?: string;
  series: LoadSeries[];
  differences?: LoadDifference[];
  /** What happened during the load, e.g. {second: 6.2, label: "rollout restart"}. */
  events: { second: number; label: string }[];
}

export interface Run {
  schema: 'netvet/run/v1';
  id: string;
  /** RFC 3339. */
  startedAt: string;
  durationMs: number;
  /** The command that reproduces the run. */
  command: string;
  netvet: string;
  cluster: { provider: string; kubernetes: string; nodes: number; kernel: string };
  cni: { name: string; version: string; mutant?: string };
  /** What else a reader needs to judge the figures, in reading order, e.g. {"Node": "v24.21.0", "CPU": "2 × ..."}. */
  environment?: Record<string, string>;
  /** True when the run was cut short: the scenarios that had not finished are missing. */
  interrupted?: boolean;
  /** What broke outside of any scenario: a hook of the run, a feature file that does not parse. Such a run never passed. */
  problems?: string[];
  summary: Record<Status, number>;
  scenarios: Scenario[];
  load?: Load[];
}
