/** Generated NetworkPolicies on a standing matrix of Pods, judged by the oracle. */
export { applyCase, expectAllAllowed, expectDocumented, removePolicies } from './expect.ts';
export { useMatrix } from './standing.ts';
