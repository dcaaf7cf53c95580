/** Load on the Service path: reads what k6 recorded and accounts for every request. Pure; who runs k6 is not its business. */
export { accountOf, type Counted } from './account.ts';
export { lossOf } from './errors.ts';
export { parseRecording, type Recording, type Request } from './records.ts';
export { seriesOf } from './series.ts';
export { type Happening, summaryOf } from './summary.ts';
