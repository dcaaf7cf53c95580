export { compareRuns } from './compare.ts';
export type { Entry } from './model.ts';
export { readRun } from './read.ts';
export { closingComparison } from './text.ts';
export { writeComparison } from './write.ts';
