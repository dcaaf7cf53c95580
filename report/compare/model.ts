/** The comparison model: the one source of compare.html, compare.md and compare.json (../compare.schema.json). */
import type { Timing } from '../figures.ts';
import type { Level, Limit, Run, Status } from '../model.ts';
import type { Outcome } from '../outcome.ts';

/** A status, or that the scenario is in no run of the column: never to be mistaken for a pass. */
export type Mark = Status | 'not run';

/** What is compared: a stored run, or the words of one that broke before it could write any. */
export type Entry =
  | { run: Run; source: string; href?: string }
  | { cni: string; version?: string; broken: string; source: string };

/** What is known of a run: one that broke too early has no results of its own. */
export interface RunSummary
  extends Partial<Pick<Run, 'id' | 'startedAt' | 'durationMs' | 'command' | 'netvet' | 'environment' | 'repeat'>> {
  /** Directory or file that it was read from, as typed. */
  source: string;
  /** Relative address of its own report, when it lies beside the comparison. */
  href?: string;
  outcome: Outcome;
  /** What broke outside of scenarios, that it was cut short, or why there are no results at all. */
  problems: string[];
  /** Its profile's name; absent in runs of before there were any. */
  profile?: string;
  scenarios: number;
}

/** Runs of one CNI version on one kind of cluster. */
export interface Column {
  /** Unique among the columns, e.g. "cilium", or "cilium 1.18.4" and "cilium 1.18.5". */
  label: string;
  cni: { name: string; version?: string; mutant?: string };
  /** Absent when no run got as far as asking. */
  cluster?: Run['cluster'];
  outcome: Outcome;
  /** How many scenarios of the comparison ended in each mark; of several runs the gravest counts. */
  summary: Record<Mark, number>;
  runs: RunSummary[];
}

/** Of a column that is being made: the runs that have results. */
export interface ColumnRuns {
  label: string;
  runs: readonly Run[];
}

export interface Result {
  column: string;
  /** The gravest over the column's runs. */
  mark: Mark;
  /** How many runs ended in each mark. */
  runs: Partial<Record<Mark, number>>;
  /** Why it failed, broke, was skipped, or what was observed; each once. */
  reasons: string[];
}

export interface ScenarioRow {
  id: string;
  name: string;
  level: Level;
  results: Result[];
}

export interface FeatureCell {
  column: string;
  /** partial: nothing went wrong, and not all of it was tried. passed: all that is judged passed, in every run. */
  mark: Mark | 'partial';
  counts: Record<Mark, number>;
  /** Ids of the scenarios that failed, broke or were flaky. */
  failing: string[];
}

export interface FeatureRow {
  area: string;
  feature: string;
  /** Whether any scenario ended otherwise in one column than in another. */
  differs: boolean;
  cells: FeatureCell[];
  scenarios: ScenarioRow[];
}

/** What is not the same everywhere, so that figures or counts cannot be compared without a thought. */
export interface Difference {
  what: string;
  sentence: string;
  values: { column: string; value: string }[];
}

export interface Figures {
  column: string;
  /** How many changes were measured, over all runs. */
  count: number;
  /** Milliseconds; absent when nothing was measured. */
  p50?: number;
  p95?: number;
  max?: number;
  /** The scenario that took longest. */
  slowest?: string;
}

export interface TimingRow {
  name: Limit['figure'];
  /** Changes that every column with any figure has measured: the fair comparison. */
  common: { changes: number; figures: Figures[] };
  /** Changes that only others have measured: here they took no effect, were not tried, or were disturbed. */
  missing: { column: string; changes: number }[];
  /** All changes that each column has measured: a CNI that fails a scenario has no figure of it. */
  all: Figures[];
  values: { column: string; values: Pick<Timing, 'id' | 'scenario' | 'ms'>[] }[];
}

export interface Range {
  min: number;
  median: number;
  max: number;
}

export interface LoadFigures {
  column: string;
  runs: number;
  sent: Range;
  lost: Range;
  errors: Record<string, number>;
  /** Milliseconds. */
  latency: { p50: Range; p95: Range; p99: Range; max: Range };
}

export interface LoadRow {
  scenario: string;
  name: string;
  series: string;
  figures: LoadFigures[];
}

/** Any other figure, e.g. the throughput between nodes. */
export interface FigureRow {
  scenario: string;
  name: string;
  measurement: string;
  unit: string;
  figures: { column: string; runs: number; value: Range }[];
}

export interface Comparison {
  schema: 'netvet/comparison/v1';
  id: string;
  /** RFC 3339. */
  createdAt: string;
  netvet: string;
  command: string;
  columns: Column[];
  /** How many scenarios there are in all, and how many ended otherwise in one column than in another. */
  scenarios: number;
  differing: number;
  differences: Difference[];
  features: FeatureRow[];
  timings: TimingRow[];
  load: LoadRow[];
  figures: FigureRow[];
}
