/** Images that are built where no registry has them to give: those of a kind cluster. Those of CNIs are in cni.ts. */
export { buildImages } from './build.ts';
export { plans } from './plan.ts';
export { type ImageState, imageStates } from './states.ts';
