/** The deliberate faults of the reference CNI, each tried against the scenarios that are to notice it. */
export { createBoard } from './board.ts';
export { chosenOf, controlsOf, planOf } from './plan.ts';
export { bugOf, reportOf, writeReport } from './report.ts';
export { readScenarios } from './scenarios.ts';
export { carryOut, type Ground, grounds } from './trial.ts';
export { closingLines, codeOf, tryAll } from './trials.ts';
