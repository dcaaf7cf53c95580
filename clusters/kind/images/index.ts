/** The images of a kind cluster: which there are, how they are made, and which one its nodes are of. */
export { type BuildOptions, buildImages } from './build.ts';
export { chooseImage, type NodeImage } from './choose.ts';
export { type ImageState, imageStates } from './states.ts';
export { nodeImage, plans } from './plan.ts';
