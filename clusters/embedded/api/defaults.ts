/**
 * What is filled in where a client said nothing. By type, so that a Pod's template gets what a Pod gets.
 * https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/apis/core/v1/defaults.go, and its neighbours in apps and
 * networking
 */
import type { KubeObject } from '../objects.ts';
import type { Resource } from './resources.ts';
import { type Field, fieldsOf, objectField } from './schema/schema.ts';
import { isExternal } from './services/kinds.ts';
import type { Value } from './validation/problem.ts';

/** Sets fields that are absent. */
function fill(target: Value, values: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(values)) target[name] ??= value;
}

/** Sets fields that are absent, or empty or zero, which the API's types cannot tell from absent. */
function fillEmpty(target: Value, values: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(values)) if (!target[name]) target[name] = value;
}

/** Latest, or no tag at all, may change; everything else is what it was. A digest counts as a tag, as it does there. */
const pullPolicy = (image: string): string =>
  /@/.test(image) || /:(?!latest$)[^/]+$/.test(image) ? 'IfNotPresent' : 'Always';

function container(value: Value): void {
  fillEmpty(value, {
    imagePullPolicy: pullPolicy(value.image ?? ''),
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  });
  value.resources ??= {};
}

const rbac = { apiGroup: 'rbac.authorization.k8s.io' };
const tcp = (value: Value): void => fillEmpty(value, { protocol: 'TCP' });
const mode = (value: Value): void => fill(value, { defaultMode: 0o644 });

function service(spec: Value): void {
  fillEmpty(spec, { sessionAffinity: 'None', type: 'ClusterIP' });
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  else if (spec.sessionAffinity === 'ClientIP' && spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined)
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: 10800 } };
  if (isExternal(spec)) fillEmpty(spec, { externalTrafficPolicy: 'Cluster' });
  if (['ClusterIP', 'NodePort', 'LoadBalancer'].includes(spec.type)) fill(spec, { internalTrafficPolicy: 'Cluster' });
  if (spec.type === 'LoadBalancer') fill(spec, { allocateLoadBalancerNodePorts: true });
}

const rolling = (amounts: Record<string, unknown>) => (strategy: Value) => {
  fillEmpty(strategy, { type: 'RollingUpdate' });
  if (strategy.type === 'RollingUpdate') strategy.rollingUpdate ??= {};
  if (strategy.rollingUpdate) fill(strategy.rollingUpdate, amounts);
};

const byType: Record<string, (value: Value) => void> = {
  'apps.DaemonSetSpec': (spec) => fill(spec, { updateStrategy: {}, revisionHistoryLimit: 10 }),
  'apps.DaemonSetUpdateStrategy': rolling({ maxUnavailable: 1, maxSurge: 0 }),
  'apps.DeploymentSpec': (spec) =>
    fill(spec, { strategy: {}, replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 }),
  'apps.DeploymentStrategy': rolling({ maxUnavailable: '25%', maxSurge: '25%' }),
  'apps.ReplicaSetSpec': (spec) => fill(spec, { replicas: 1 }),
  'batch.JobSpec': (spec) => {
    if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
    // where each index has its own limit, the sum has none
    const backoffLimit = spec.backoffLimitPerIndex === undefined ? 6 : 2 ** 31 - 1;
    fill(spec, { parallelism: 1, backoffLimit, completionMode: 'NonIndexed', suspend: false });
    fill(spec, { podReplacementPolicy: spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed' });
  },
  'core.ConfigMapVolumeSource': mode,
  'core.SecretVolumeSource': mode,
  'core.DownwardAPIVolumeSource': mode,
  'core.ProjectedVolumeSource': mode,
  'core.Container': container,
  'core.EphemeralContainer': container,
  'core.ContainerPort': tcp,
  // what clients read without asking whether it is there
  'core.ContainerStatus': (value) => fill(value, { state: {}, lastState: {} }),
  'core.EndpointPort': tcp,
  'core.GRPCAction': (value) => fill(value, { service: '' }),
  'core.HTTPGetAction': (value) => fillEmpty(value, { path: '/', scheme: 'HTTP' }),
  'core.HostPathVolumeSource': (value) => fill(value, { type: '' }),
  'core.LoadBalancerIngress': (value) => value.ip && fill(value, { ipMode: 'VIP' }),
  'core.NodeStatus': (status) => status.capacity && fill(status, { allocatable: status.capacity }),
  'core.ObjectFieldSelector': (value) => fillEmpty(value, { apiVersion: 'v1' }),
  'core.PodSpec': (spec) => {
    fillEmpty(spec, { dnsPolicy: 'ClusterFirst', restartPolicy: 'Always', schedulerName: 'default-scheduler' });
    fill(spec, { securityContext: {}, terminationGracePeriodSeconds: 30 });
    // the old name of the field follows the new one
    if (spec.serviceAccountName) spec.serviceAccount = spec.serviceAccountName;
    else if (spec.serviceAccount) spec.serviceAccountName = spec.serviceAccount;
  },
  'core.PodTemplateSpec': (template) => fill(template, { spec: {} }),
  'core.Probe': (value) =>
    fillEmpty(value, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }),
  'core.Secret': (value) => fillEmpty(value, { type: 'Opaque' }),
  'core.ServiceAccountTokenProjection': (value) => fill(value, { expirationSeconds: 3600 }),
  'core.ServicePort': (port) => fillEmpty(port, { protocol: 'TCP', targetPort: port.port ?? 0 }),
  'core.ServiceSpec': service,
  'core.Volume': (volume) => {
    if (Object.keys(volume).every((name) => name === 'name')) volume.emptyDir = {};
  },
  'discovery.Endpoint': (endpoint) => fill(endpoint, { conditions: {} }),
  'discovery.EndpointPort': (port) => {
    fill(port, { name: '' });
    tcp(port);
  },
  'networking.NetworkPolicyPort': (port) => fill(port, { protocol: 'TCP' }),
  'networking.NetworkPolicySpec': (spec) => {
    spec.podSelector ??= {};
    if ((spec.policyTypes ?? []).length === 0)
      spec.policyTypes = (spec.egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  },
  'rbac.RoleRef': (value) => fillEmpty(value, rbac),
  'rbac.Subject': (value) => value.kind !== 'ServiceAccount' && fillEmpty(value, rbac),
};

const innermost = (field: Field): Field => (field.item ? innermost(field.item) : field);

const known = new Map<string, boolean>();

/** Whether a type or what it is made of has defaults: most of an object has none, and is not looked at. */
function hasDefaults(struct: string): boolean {
  let found = known.get(struct);
  if (found !== undefined) return found;
  // a type within itself adds nothing to the answer
  known.set(struct, false);
  const inner = [...fieldsOf(struct).values()].map(innermost);
  found = byType[struct] !== undefined || inner.some(({ kind, type }) => kind === 'struct' && hasDefaults(type));
  known.set(struct, found);
  return found;
}

/** Gives each struct the defaults of its type, and then what is in it. */
function visit(value: Value, field: Field): void {
  if (value === undefined || value === null) return;
  if (field.kind === 'list') for (const item of value) visit(item, field.item as Field);
  else if (field.kind === 'map') for (const item of Object.values(value)) visit(item, field.item as Field);
  else if (field.kind === 'struct' && hasDefaults(field.type)) {
    byType[field.type]?.(value);
    for (const [name, inner] of fieldsOf(field.type)) if (innermost(inner).kind === 'struct') visit(value[name], inner);
  }
}

/** A Pod gets more than a template does. */
function pod(spec: Value): void {
  fill(spec, { enableServiceLinks: true });
  for (const each of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    if (each.resources?.limits) each.resources.requests = { ...each.resources.limits, ...each.resources.requests };
    if (spec.hostNetwork) for (const port of each.ports ?? []) fillEmpty(port, { hostPort: port.containerPort });
  }
}

const withTemplate = ['Deployment', 'ReplicaSet', 'DaemonSet', 'Job'];
/** Kinds whose spec is there even if the client sent none: in the API's types it is no pointer. */
const withSpec = ['Pod', 'Service', 'NetworkPolicy', 'Node', ...withTemplate];

/** Fields that came as one and became many: the old one is the first of the new ones. */
function pair({ kind, spec, status }: KubeObject): void {
  if (kind === 'Node' && spec?.podCIDR) fill(spec, { podCIDRs: [spec.podCIDR] });
  if (kind === 'Pod' && status?.podIP) fill(status, { podIPs: [{ ip: status.podIP }] });
  if (kind === 'Pod' && status?.hostIP) fill(status, { hostIPs: [{ ip: status.hostIP }] });
}

/** Fills the object in, changing it. */
export function applyDefaults(resource: Resource, object: KubeObject): void {
  if (withSpec.includes(resource.kind)) object['spec'] ??= {};
  if (withTemplate.includes(resource.kind)) object['spec'].template ??= {};
  visit(object, objectField(resource));
  if (resource.kind === 'Pod') pod(object['spec']);
  pair(object);
}
