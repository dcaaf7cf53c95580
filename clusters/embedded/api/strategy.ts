/** What is done to an object before it is stored: what its kind always has, defaults, allocation, validation. */
import type { KubeObject } from '../objects.ts';
import { applyDefaults } from './defaults.ts';
import { copy, equal } from './json.ts';
import type { Resource } from './resources.ts';
import { allocate } from './services/allocate.ts';
import { carry } from './services/carry.ts';
import { validateChanged, validateNew } from './validation/index.ts';
import type { Value } from './validation/problem.ts';

export interface WriteOptions {
  /** Everything but the storing: checks, defaults and the answer are those of the real write. */
  dryRun?: boolean;
  /** The cluster's own parts may do what clients have subresources for: bind Pods, finalize Namespaces. */
  trusted?: boolean;
  /**
   * Records who owns which fields. Called when defaults are in and nothing else is yet: what comes then is the
   * server's, and no client owns it.
   */
  manage?: (object: KubeObject, old: KubeObject | undefined) => void;
}

interface Surroundings extends WriteOptions {
  /** All Services there are: they hold the addresses and ports that are taken. */
  services: () => KubeObject[];
}

const templateAnnotation = 'deprecated.daemonset.template.generation';

/** A Job's Pods are told apart by its UID, unless its author does that himself. */
function jobSelector(object: KubeObject): void {
  const spec: Value = object['spec'];
  if (spec.manualSelector) return;
  const { uid, name } = object.metadata;
  const own = { 'batch.kubernetes.io/controller-uid': uid };
  const labels = { ...own, 'controller-uid': uid, 'batch.kubernetes.io/job-name': name, 'job-name': name };
  spec.selector = { matchLabels: own };
  const { metadata = {} } = spec.template;
  spec.template.metadata = { ...metadata, labels: { ...metadata.labels, ...labels } };
}

/** The status of a new object. */
const firstStatus: Record<string, (spec: Value) => object> = {
  Pod: (spec) => ({ phase: 'Pending', qosClass: qosClass(spec) }),
  DaemonSet: () => ({ currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 }),
  Deployment: () => ({}),
  ReplicaSet: () => ({ replicas: 0 }),
  Service: () => ({ loadBalancer: {} }),
  Namespace: () => ({ phase: 'Active' }),
};

/** https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/ */
function qosClass({ containers = [], initContainers = [] }: Value): string {
  const all: Value[] = [...containers, ...initContainers].map(({ resources = {} }: Value) => resources);
  if (all.every(({ requests, limits }) => !requests?.cpu && !requests?.memory && !limits?.cpu && !limits?.memory))
    return 'BestEffort';
  const guaranteed = ({ requests, limits }: Value) =>
    ['cpu', 'memory'].every((name) => limits?.[name] && (requests?.[name] ?? limits[name]) === limits[name]);
  return all.every(guaranteed) ? 'Guaranteed' : 'Burstable';
}

const notReady = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/** What the real server's admission adds to a Pod: its priority, and patience with nodes that are briefly gone. */
function admitPod(spec: Value): void {
  spec.priority ??= 0;
  spec.preemptionPolicy ??= 'PreemptLowerPriority';
  const given: Value[] = spec.tolerations ?? [];
  const missing = notReady.filter(
    (key) => !given.some((each) => (each.key === key || !each.key) && (each.effect === 'NoExecute' || !each.effect)),
  );
  const added = missing.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }));
  if (added.length > 0) spec.tolerations = [...given, ...added];
}

const credentials = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * A service account's token goes into every container, as the real server's admission has it; the default account's,
 * which nothing here uses, is left out, and so is the certificate of an API server that has none.
 * https://kubernetes.io/docs/concepts/storage/projected-volumes/#serviceaccounttoken
 */
function mountToken(spec: Value): void {
  if ((spec.serviceAccountName ?? 'default') === 'default' || spec.automountServiceAccountToken === false) return;
  const name = 'kube-api-access';
  const namespace = { path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } };
  const sources = [
    { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
    { downwardAPI: { items: [namespace] } },
  ];
  spec.volumes = [...(spec.volumes ?? []), { name, projected: { defaultMode: 420, sources } }];
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])] as Value[]) {
    const mounts: Value[] = container.volumeMounts ?? [];
    if (mounts.some(({ mountPath }) => mountPath === credentials)) continue;
    container.volumeMounts = [...mounts, { name, mountPath: credentials, readOnly: true }];
  }
}

/** Fills in what the kind has by default, and what it always has. `old` is the object before the change. */
function complete(resource: Resource, object: KubeObject, store: Surroundings, old?: KubeObject): void {
  const { kind, metadata } = object;
  applyDefaults(resource, object);
  if (kind === 'Namespace' && metadata.name)
    metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
  if (kind === 'Secret') mergeStringData(object);
  store.manage?.(object, old);
  if (kind === 'Namespace' && !old) object['spec'] = { finalizers: ['kubernetes'] };
  if (kind === 'Namespace' && old && !store.trusted) object['spec'] = copy(old['spec']);
  if (kind === 'Job' && !old) jobSelector(object);
  const spec: Value = object['spec'];
  if (!old && firstStatus[kind]) object['status'] = firstStatus[kind](spec);
  if (kind === 'Pod') admitPod(spec);
  if (kind === 'Pod' && !old) mountToken(spec);
  if (kind === 'DaemonSet') {
    const before = Number(old?.metadata.annotations?.[templateAnnotation] ?? (old ? 1 : 0));
    const count = old && equal(spec.template, old['spec'].template) ? before : before + 1;
    metadata.annotations = { ...metadata.annotations, [templateAnnotation]: String(count) };
  }
  if (kind === 'Service') {
    carry(spec, old?.['spec']);
    allocate(object, store.services(), old);
  }
}

/** Readies a new object for storage, or throws the refusal. Changes `object`. */
export function prepareCreate(resource: Resource, object: KubeObject, store: Surroundings): void {
  if (resource.subresources.includes('status') && object.kind !== 'Node') delete object['status'];
  complete(resource, object, store);
  validateNew(resource, object);
}

/** Readies a changed object for storage, or throws the refusal. Changes `object`, not `old`. */
export function prepareUpdate(resource: Resource, object: KubeObject, old: KubeObject, store: Surroundings): void {
  complete(resource, object, store, old);
  // the rules of clients know no node name that changes
  const binds = object.kind === 'Pod' && store.trusted && !old['spec'].nodeName;
  const before = binds ? { ...old, spec: { ...old['spec'], nodeName: object['spec'].nodeName } } : old;
  validateChanged(resource, object, before);
}

/** Readies a changed status, or throws the refusal. */
export function prepareStatus(resource: Resource, object: KubeObject, old: KubeObject, store: Surroundings): void {
  applyDefaults(resource, object);
  store.manage?.(object, old);
  // decided once, when the Pod was made
  if (object.kind === 'Pod')
    object['status'] = { ...object['status'], qosClass: object['status']?.qosClass ?? old['status']?.qosClass };
}

/** stringData is for writing only. */
function mergeStringData(object: KubeObject): void {
  const { stringData } = object;
  if (!stringData) return;
  delete object['stringData'];
  const encoded = Object.entries<string>(stringData).map(([key, text]) => [key, Buffer.from(text).toString('base64')]);
  object['data'] = { ...object['data'], ...Object.fromEntries(encoded) };
}
