/**
 * What is filled in where a client said nothing. By type, so that a Pod's template gets what a Pod gets.
 * https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/apis/core/v1/defaults.go, and its neighbours in apps and networking
 */
import type { KubeObject } from '../objects.ts';
import type { Resource } from './resources.ts';
import { structName } from './schema/schema.ts';
import { walkStructs } from './schema/walk.ts';
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

/** Latest, or no tag at all, may change; everything else is what it was. A digest counts as a tag here, as it does there. */
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

const byType: Record<string, (value: Value) => void> = {
  'apps.DaemonSetSpec': (spec) => {
    spec.updateStrategy ??= {};
    fill(spec, { revisionHistoryLimit: 10 });
  },
  'apps.DaemonSetUpdateStrategy': (strategy) => {
    fillEmpty(strategy, { type: 'RollingUpdate' });
    if (strategy.type === 'RollingUpdate') strategy.rollingUpdate ??= {};
    if (strategy.rollingUpdate) fill(strategy.rollingUpdate, { maxUnavailable: 1, maxSurge: 0 });
  },
  'apps.DeploymentSpec': (spec) => {
    spec.strategy ??= {};
    fill(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
  },
  'apps.DeploymentStrategy': (strategy) => {
    fillEmpty(strategy, { type: 'RollingUpdate' });
    if (strategy.type === 'RollingUpdate') strategy.rollingUpdate ??= {};
    if (strategy.rollingUpdate) fill(strategy.rollingUpdate, { maxUnavailable: '25%', maxSurge: '25%' });
  },
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
  'core.LoadBalancerIngress': (value) => {
    if (value.ip) fill(value, { ipMode: 'VIP' });
  },
  'core.NodeStatus': (status) => {
    if (status.capacity) fill(status, { allocatable: status.capacity });
  },
  'core.ObjectFieldSelector': (value) => fillEmpty(value, { apiVersion: 'v1' }),
  'core.PodSpec': (spec) => {
    fillEmpty(spec, { dnsPolicy: 'ClusterFirst', restartPolicy: 'Always', schedulerName: 'default-scheduler' });
    fill(spec, { securityContext: {}, terminationGracePeriodSeconds: 30 });
    // the old name of the field follows the new one
    if (spec.serviceAccountName) spec.serviceAccount = spec.serviceAccountName;
    else if (spec.serviceAccount) spec.serviceAccountName = spec.serviceAccount;
  },
  'core.PodTemplateSpec': (template) => {
    template.spec ??= {};
  },
  'core.Probe': (value) =>
    fillEmpty(value, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }),
  'core.Secret': (value) => fillEmpty(value, { type: 'Opaque' }),
  'core.ServiceAccountTokenProjection': (value) => fill(value, { expirationSeconds: 3600 }),
  'core.ServicePort': (port) => {
    fillEmpty(port, { protocol: 'TCP', targetPort: port.port ?? 0 });
  },
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
  'rbac.RoleRef': (value) => fillEmpty(value, { apiGroup: 'rbac.authorization.k8s.io' }),
  'rbac.Subject': (value) => {
    if (value.kind === 'ServiceAccount') return;
    fillEmpty(value, { apiGroup: 'rbac.authorization.k8s.io' });
  },
};

const visit = walkStructs(byType);

/** A Pod gets more than a template does. */
function pod(spec: Value): void {
  fill(spec, { enableServiceLinks: true });
  for (const each of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    if (each.resources?.limits) each.resources.requests = { ...each.resources.limits, ...each.resources.requests };
    if (spec.hostNetwork) for (const port of each.ports ?? []) fillEmpty(port, { hostPort: port.containerPort });
  }
}

/** Kinds whose spec is there even if the client sent none: in the API's types it is no pointer. */
const withSpec = new Set(['Pod', 'Service', 'Deployment', 'ReplicaSet', 'DaemonSet', 'Job', 'NetworkPolicy', 'Node']);

const withTemplate = new Set(['Deployment', 'ReplicaSet', 'DaemonSet', 'Job']);

/** Fields that came as one and became many: the old one is the first of the new ones. */
function pair({ kind, spec, status }: KubeObject): void {
  if (kind === 'Node' && spec?.podCIDR) fill(spec, { podCIDRs: [spec.podCIDR] });
  if (kind === 'Pod' && status?.podIP) fill(status, { podIPs: [{ ip: status.podIP }] });
  if (kind === 'Pod' && status?.hostIP) fill(status, { hostIPs: [{ ip: status.hostIP }] });
}

/** Fills the object in, changing it. */
export function applyDefaults(resource: Resource, object: KubeObject): void {
  if (withSpec.has(resource.kind)) object['spec'] ??= {};
  if (withTemplate.has(resource.kind)) object['spec'].template ??= {};
  visit(object, { kind: 'struct', type: structName(resource) });
  if (resource.kind === 'Pod') pod(object['spec']);
  pair(object);
}
