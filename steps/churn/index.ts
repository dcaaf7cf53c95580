/** Load on the Service path while what is behind it changes: what the scenarios in features/load are about. */
export { closeAccount, judgeLoad, openFrontends, rollUnderLoad, startLoad } from './load.ts';
