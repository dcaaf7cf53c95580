export { warningsAbout } from './events.ts';
export { type Executed, execIn } from './exec.ts';
export { inTurn } from './in-turn.ts';
export { Kube } from './kube.ts';
export {
  type Container,
  type ContainerStatus,
  containersOf,
  isForbidden,
  isNotFound,
  KubeError,
  type KubeObject,
  objectOf,
  pathOf,
  type Reference,
  saysReady,
  skipForbidden,
  type Where,
} from './objects.ts';
