/** The guiding example: the shop that the scenarios in features/application are about. */
export { isCniAgent, loseAgent } from './cni-agent.ts';
export { expectPostgres } from './doors.ts';
export { beginVisits, judgeVisits, madeByAll, readPage, readPageOfAnother } from './pages.ts';
export { restart, scale } from './rollout.ts';
export { changeFrontend, closeShops, openShop } from './shop.ts';
