/** The images of a kind cluster: which there are, how they are made, and which one its nodes are of. */
export { buildImages } from './build.ts';
export { plans } from './plan.ts';
export { type ImageState, imageStates } from './states.ts';
