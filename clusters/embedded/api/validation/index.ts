/** Whether an object may be stored: every rule is asked, and everything that is wrong is said at once. */
import type { KubeObject } from '../../objects.ts';
import type { Resource } from '../resources.ts';
import { changedMetadata, newMetadata } from './metadata.ts';
import { type Check, dns1035Label, dnsLabel, dnsSubdomain, pathSegment } from './names.ts';
import { networkPolicy } from './networkpolicy.ts';
import { endpointSlice, keyedData, lease, node, roleBinding } from './others.ts';
import { pod } from './pod.ts';
import { invalidObject, Place, type Problem } from './problem.ts';
import { service } from './service.ts';
import { daemonSet, deployment, job, replicaSet } from './workloads.ts';

type Rules = (object: Place, old?: KubeObject) => void;

const rules: Record<string, Rules> = {
  ClusterRoleBinding: roleBinding,
  ConfigMap: keyedData,
  DaemonSet: daemonSet,
  Deployment: deployment,
  EndpointSlice: endpointSlice,
  Job: job,
  Lease: lease,
  NetworkPolicy: networkPolicy,
  Node: node,
  Pod: pod,
  ReplicaSet: replicaSet,
  RoleBinding: roleBinding,
  Secret: keyedData,
  Service: service,
};

/** What names of a kind look like. */
function nameCheck({ group, kind }: Resource): Check {
  if (group === 'rbac.authorization.k8s.io') return pathSegment;
  return { Namespace: dnsLabel, Service: dns1035Label }[kind] ?? dnsSubdomain;
}

function refuseIf(problems: Problem[], resource: Resource, { metadata }: KubeObject): void {
  if (problems.length > 0) throw invalidObject(resource, metadata.name, problems);
}

/** Throws the 422 of an object that must not be created. */
export function validateNew(resource: Resource, object: KubeObject): void {
  const place = new Place('', object);
  newMetadata(place, nameCheck(resource));
  rules[resource.kind]?.(place);
  refuseIf(place.problems, resource, object);
}

/** Throws the 422 of a change that must not be made. */
export function validateChanged(resource: Resource, object: KubeObject, old: KubeObject): void {
  const metadata = new Place('', object);
  const rest = new Place('', object);
  changedMetadata(metadata, old);
  rules[resource.kind]?.(rest, old);
  // the real server asks twice, and says twice what is wrong
  const again = resource.kind === 'NetworkPolicy' ? rest.problems : [];
  refuseIf([...metadata.problems, ...metadata.problems, ...rest.problems, ...again], resource, object);
}
