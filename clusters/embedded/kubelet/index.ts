/** A node's kubelet: runs the Pods that are bound to the node, keeps its Node object, serves exec and logs. */
export { limiter } from './limit.ts';
export { type Kubelet, type KubeletOptions, startKubelet } from './kubelet.ts';
