/** The same backends under the same load on several paths, for what `netvet load` compares. */
export { type PathKind, pathNames } from '../../load/index.ts';
export { Meter, type Usage } from './meter.ts';
export { Paths, pathsOf, type RoundResult } from './paths.ts';
export type { Runners } from './runners.ts';
