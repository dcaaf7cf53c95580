/** Load on the Service path while what is behind it changes: what the scenarios in features/load are about. */
export {
  churnServices,
  doUnderLoad,
  judgeBudget,
  judgeSpread,
  killUnderLoad,
  nodeToDrain,
  rollUnderLoad,
  scaleUnderLoad,
  togglePolicy,
} from './changes.ts';
export { type Ended, type Ground, K6 } from './k6.ts';
export { Ledger } from './ledger.ts';
export { closeAccount, judgeLoad, openFrontends, startLoad } from './load.ts';
export { followLog } from './log.ts';
