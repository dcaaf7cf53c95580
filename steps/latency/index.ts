/** How fast changes of Services take effect, to the millisecond, among how many others: what features/load/changes.feature is about. */
export { comeAndGo, createServices, judgeCreated, judgeEndpoints } from './changes.ts';
export { openGround } from './ground.ts';
export { createOthers } from './others.ts';
