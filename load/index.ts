/** Load on the Service path: its scripts and profiles, and an account of what k6 recorded. Who runs k6 is not its business. */
export { accountOf, type Counted } from './account.ts';
export { entryName, type Script, scriptFiles, scripts } from './catalogue.ts';
export { distributionOf } from './cdf.ts';
export { type Difference, differenceOf, isNarrow, type RoundFigures } from './differences.ts';
export { lossOf } from './errors.ts';
export { kneeOf, rampSteps } from './knee.ts';
export { latencyOf } from './percentile.ts';
export { apartMs, poolOf } from './pool.ts';
export { type Profile, profileFile, profileNames, profileOf } from './profile.ts';
export { parseRecording, type Recording, type Request } from './records.ts';
export { shareFiles, shareName } from './segments.ts';
export { seriesOf } from './series.ts';
export { type Happening, summaryOf } from './summary.ts';
