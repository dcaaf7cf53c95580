/** What the type of a Service's spec, and the fields that go with it, mean. */
import type { Value } from '../validation/problem.ts';

/** A Service without a virtual address. */
export const isHeadless = ({ clusterIPs, clusterIP }: Value): boolean =>
  clusterIPs?.length === 1 ? clusterIPs[0] === 'None' : clusterIP === 'None';

export const mayHaveNodePorts = ({ type }: Value): boolean => type === 'NodePort' || type === 'LoadBalancer';

/** Whether traffic from outside the cluster is meant for it. */
export const isExternal = ({ type, externalIPs = [] }: Value): boolean =>
  mayHaveNodePorts({ type }) || (type === 'ClusterIP' && externalIPs.length > 0);

export const needsHealthCheck = ({ type, externalTrafficPolicy }: Value): boolean =>
  type === 'LoadBalancer' && externalTrafficPolicy === 'Local';

export const needsClusterIP = ({ type }: Value): boolean => type !== 'ExternalName';

export const needsNodePorts = ({ type, allocateLoadBalancerNodePorts }: Value): boolean =>
  type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false);
