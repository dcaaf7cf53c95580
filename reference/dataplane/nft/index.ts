/** Desired state -> nft, in one transaction per change. */
export { type ApplyReport, createNft, type Nft } from './apply.ts';
