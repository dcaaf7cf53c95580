/** Load on the Service path: scripts, profiles and an account of what k6 recorded. Who runs k6 is not its business. */
export { accountOf, type Backend, type Counted } from './account.ts';
export { entryName, type Script, scriptFiles, scripts } from './catalogue.ts';
export { isLost, lossOf, toldToEnd } from './errors.ts';
export { type Difference, differenceOf, isNarrow, type RoundFigures } from './intervals.ts';
export { kneeOf, rampSteps } from './knee.ts';
export { longPausesMs, pausesMs, rateProblem, timeoutMs, undecided, withVoid } from './pauses.ts';
export { distributionOf, latencyOf } from './percentile.ts';
export { apartMs, poolOf } from './pool.ts';
export { type Profile, profileFile, profileNames, profileOf } from './profile.ts';
export { emptyRecording, type Pause, parseRecording, type Recording, type Request, readLine } from './records.ts';
export { shareFiles, shareName } from './segments.ts';
export { beginning, type Happening, type PathKind, pathNames, seriesOf, summaryOf } from './series.ts';
