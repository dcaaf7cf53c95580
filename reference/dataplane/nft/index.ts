/** Desired state -> nft, in one transaction per change. */
export { type ApplyReport, createNft, type Nft } from './apply.ts';
export { readTransactions, type Transaction } from './monitor.ts';
export { findStrangers } from './strangers/index.ts';
export { redirectedByOthers } from './strangers/kube-proxy.ts';
