/** The run model: the one source of every report. `run.json` is this object, its JSON Schema is run.schema.json. */
export type Status = 'passed' | 'failed' | 'flaky' | 'skipped' | 'observed' | 'broken';
export type Level = 'core' | 'extended' | 'observed';
export type Verdict = 'allowed' | 'dropped' | 'rejected' | 'leaked' | 'unserved' | 'broken';

/** A figure taken during a scenario, e.g. {name: 'convergence', value: 182.4, unit: 'ms'}. */
export interface Measurement {
  name: string;
  value: number;
  unit: string;
  /** It was taken while an observer stood still, so it says less than others and is left out of medians. */
  disturbed?: true;
}

/** How often the scenario looked. A look in which an observer stood still for too long is void: it does not count. */
export interface Looks {
  sound: number;
  void: number;
  /** The longest time that an observer stood still, in ms, and who it was. */
  longestMs: number;
  who?: string;
}

/** One probed pair at the end of a step: what was expected of it and what was seen. */
export interface Cell {
  from: string;
  to: string;
  port: number;
  protocol: 'TCP' | 'UDP';
  expected: 'allowed' | 'denied';
  verdict: Verdict;
  /** Index of the step that probed it: one scenario probes the same pair before and after a change. */
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
  error?: string;
  /** True for what runs around the scenario's own sentences. */
  hook?: boolean;
  notes?: string[];
}

/** How one scenario ended in one of several repeats. */
export type Repeat = Pick<Scenario, 'status' | 'reason' | 'durationMs' | 'measurements'>;

/** All values of one figure over the repeats of a scenario: least, nearest-rank percentiles, most. */
export interface Distribution {
  name: string;
  unit: string;
  count: number;
  min: number;
  p50: number;
  p95: number;
  max: number;
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
  /** Of several repeats the median. */
  durationMs: number;
  /** Of several repeats those of the gravest, as are cells and steps. */
  measurements: Measurement[];
  /** In the order in which they ran; only when the run repeats its scenarios. */
  repeats?: Repeat[];
  distributions?: Distribution[];
  cells?: Cell[];
  /** Absent: it never looked. */
  looks?: Looks;
  steps?: Step[];
}

/** One second of a load run, for the curves: counted from its begin; latencies in milliseconds. */
export interface LoadPoint {
  second: number;
  sent: number;
  lost: number;
  p50: number;
  p95: number;
  /** Milliseconds for which k6 stood still in it; absent: none. */
  pausedMs?: number;
}

export interface LoadSeries {
  /** e.g. "Service path", "same Pods dialled directly". */
  name: string;
  sent: number;
  answered: number;
  /** Lost requests by error, e.g. {"connection refused": 2}. */
  lost: Record<string, number>;
  /** Requests that timed out while k6 or a backend stood still, neither answered nor lost; absent: none. */
  void?: number;
  /** Milliseconds. */
  latency: { p50: number; p90: number; p95: number; p99: number; max: number };
  points: LoadPoint[];
  /** The figure of each round by which paths are compared, and when the round began. */
  rounds?: { second: number; value: number }[];
  /** The cumulative distribution of the latency: [share of requests, milliseconds at most]. */
  distribution?: [share: number, ms: number][];
  /** Of a ramp, the round in the middle: what was due and answered each second, and how slow it was. */
  steps?: { due: number; answered: number; p95: number }[];
  /** Processors busy and bytes in use meanwhile, of nodes and of the network's own processes on them. */
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
  rounds: number;
  /** The mean of the figure that it starts from. */
  base: number;
}

export interface Load {
  scenario: string;
  /** Which of several repeats, from 1. */
  repeat?: number;
  /** The k6 script, where the load is no scenario's. */
  script?: string;
  series: LoadSeries[];
  differences?: LoadDifference[];
  /** What happened during the load, e.g. {second: 6.2, label: "rollout restart"}. */
  events: { second: number; label: string }[];
}

/** What one workload of the network took of one node while the suite ran, as the node's kubelet counted it. */
export interface Resource {
  node: string;
  /** Name of the DaemonSet, e.g. "netvet-cni", "kube-proxy". */
  workload: string;
  /** The most resident memory of all looks. */
  memoryBytes: number;
  /** Processor cores in use: in the quietest and in the busiest interval between looks, and on average. */
  cores: { least: number; mean: number; most: number };
}

/** What changes may take, and what is judged of it. */
export interface Profile {
  name: string;
  /** Milliseconds within which each change has to be there, else its scenario fails. */
  changeMs: number;
  /** Between looks at a change in its first half second, in milliseconds; absent: 10 at first, and growing. */
  everyMs?: number;
  /** The least and the most time-out of an attempt; in between it follows from allowed round trips. */
  attemptMs: { least: number; most: number };
  /** The longest time that steady traffic may go without an answer. */
  gapMs: { attempts: number; pages: number };
  limits: Limit[];
}

/** Bounds on a figure of an area's scenarios, over all changes of the run. */
export interface Limit {
  figure: 'convergence' | 'leak window';
  area: string;
  p95Ms: number;
  maxMs: number;
}

/** A figure of a run against its bounds; all times in milliseconds. */
export interface BudgetLine extends Limit, Pick<Distribution, 'count' | 'p50' | 'p95' | 'max'> {
  kept: boolean;
}

/** A scenario of the suite that has no result in this run. */
export interface NotRun extends Required<Pick<Scenario, 'id' | 'area' | 'level'>> {
  /** It was to run, and the run ended before it had. */
  selected?: true;
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
  profile?: Profile;
  /** What the profile bounds and the run measured. A run that exceeds its budget did not pass. */
  budget?: BudgetLine[];
  /** How often each scenario was to run; absent: once. */
  repeat?: number;
  /** The tag expression that chose the scenarios, '' for all; absent where they were chosen otherwise. */
  tags?: string;
  /** What the suite has besides. Of a run without this it is not known whether it was whole. */
  notRun?: NotRun[];
  /** True when the run was cut short: the scenarios that had not finished are missing. */
  interrupted?: boolean;
  /** What broke outside of scenarios: a hook, a feature file that does not parse. Such a run never passed. */
  problems?: string[];
  summary: Record<Status, number>;
  scenarios: Scenario[];
  load?: Load[];
  resources?: Resource[];
}
