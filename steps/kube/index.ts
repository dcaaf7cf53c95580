export { warningsAbout } from './events.ts';
export { type Executed, execIn } from './exec.ts';
export { inTurn, Kube } from './kube.ts';
export * from './objects.ts';
