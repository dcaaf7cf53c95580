/** The same backends under the same load on several paths, for what `netvet load` compares. */
export { Meter, type Usage } from './meter.ts';
export { type PathKind, Paths, pathNames, pathsOf, type RoundResult } from './paths.ts';
export type { Runners } from './runners.ts';
