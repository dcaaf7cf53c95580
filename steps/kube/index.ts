export { Kube } from './kube.ts';
export { isForbidden, isNotFound, KubeError, type KubeObject, pathOf, type Reference } from './objects.ts';
