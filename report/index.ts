export { createCollector, type RunMetadata } from './collect.ts';
export { closingComparison, compareRuns, type Entry, readRun, writeComparison } from './compare/index.ts';
export type { Load, LoadDifference, LoadSeries, Profile, Resource, Run, Scenario, Status } from './model.ts';
export { createNames, type ScenarioName } from './names.ts';
export { outcome, statuses, summarize } from './outcome.ts';
export { oneLine } from './safe.ts';
export * as shape from './shape.ts';
export { closingSummary } from './text.ts';
export { openMessages, writeFiles, writeReports } from './write.ts';
