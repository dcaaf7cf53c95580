/** A node's kubelet: runs the Pods that are bound to the node, keeps its Node object, serves exec and logs. */

export { type Kubelet, startKubelet } from './kubelet.ts';
export { limiter } from './wait.ts';
