/**
 * What a container of the suite that does something asks of its node's processors. Requests are weights (Kubernetes
 * documentation, "Resource Management for Pods and Containers"), and Pods without any weigh, all of a node together, 2
 * where the control plane's Pods weigh 900: while that is busy, clients and servers stand still, and what they measure
 * is not the network. A hundred of these fit on one processor.
 */
export const cpuShare = { requests: { cpu: '10m' } };

/** The same for what makes and takes load: a k6 that stands still counts as lost what nobody has lost. */
export const loadShare = { requests: { cpu: '200m' } };
