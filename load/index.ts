/**
 * Load on the Service path: its scripts and profiles, and an account of what k6 recorded. Who runs k6 is not its
 * business.
 */
export { accountOf, type Backend, type Counted } from './account.ts';
export { entryName, type Script, scriptFiles, scripts } from './catalogue.ts';
export { distributionOf } from './cdf.ts';
export { type Difference, differenceOf, isNarrow, type RoundFigures } from './differences.ts';
export { isLost, lossOf } from './errors.ts';
export { stoppedFromOutside } from './exit.ts';
export { kneeOf, rampSteps } from './knee.ts';
export { longPausesMs, pausesMs, timeoutMs, undecided, withVoid } from './pauses.ts';
export { latencyOf } from './percentile.ts';
export { apartMs, poolOf } from './pool.ts';
export { type Profile, profileFile, profileNames, profileOf } from './profile.ts';
export { rateProblem } from './rate.ts';
export { emptyRecording, type Pause, parseRecording, type Recording, type Request, readLine } from './records.ts';
export { shareFiles, shareName } from './segments.ts';
export { beginning, seriesOf } from './series.ts';
export { type Happening, summaryOf } from './summary.ts';
