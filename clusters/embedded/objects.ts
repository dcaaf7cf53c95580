/**
 * The cluster's objects: the API server's storage, used in process by controllers, kubelets and the HTTP front end
 * alike. What a controller writes here, `kubectl get -w` sees.
 */

import type { V1ObjectMeta, V1OwnerReference } from '@kubernetes/client-node';

/** Any Kubernetes object. Objects handed out are shared and must never be changed: copy (structuredClone) to change. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  // Kinds differ; their own fields are read through narrower types at the place of use.
  // biome-ignore lint/suspicious/noExplicitAny: an object of any kind
  [field: string]: any;
}

export type OwnerReference = V1OwnerReference;

/** As in JSON: client-node makes Dates of times. */
export interface ObjectMeta
  extends Omit<V1ObjectMeta, 'name' | 'creationTimestamp' | 'deletionTimestamp' | 'managedFields' | 'selfLink'> {
  name: string;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  [field: string]: unknown;
}

export type EventType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** A change. `old` is the object before it (MODIFIED, DELETED). */
export interface Change<T extends KubeObject = KubeObject> {
  type: EventType;
  object: T;
  old?: T;
}

export interface ListFilter {
  namespace?: string;
  /** Kubernetes label selector text, e.g. `app=web,tier in (a,b)`. */
  labelSelector?: string;
  /** Kubernetes field selector text, e.g. `spec.nodeName=node1,status.phase!=Running`. */
  fieldSelector?: string;
}

export interface DeleteOptions {
  /** Seconds; 0 removes at once. Absent: the object's own default (30 for Pods). */
  gracePeriodSeconds?: number;
  /** Refuse with 409 unless the object still has this UID. */
  uid?: string;
  propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
}

/** A refusal, as the API reports it: `status` is the metav1.Status object that clients get. */
export class ApiError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: Record<string, unknown> | undefined;
  constructor(code: number, reason: string, message: string, details?: Record<string, unknown>) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.reason = reason;
    this.details = details;
  }
}

/**
 * By kind (`Pod`), which is unique. Every method is synchronous; refusals are thrown as ApiError. Writes default,
 * validate and version the object as the real API server does.
 */
export interface Objects {
  get<T extends KubeObject = KubeObject>(kind: string, namespace: string | undefined, name: string): T | undefined;
  list<T extends KubeObject = KubeObject>(kind: string, filter?: ListFilter): T[];
  create<T extends KubeObject = KubeObject>(object: KubeObject): T;
  /** Replaces the object (not its status). 409 Conflict if metadata.resourceVersion is given and no longer current. */
  update<T extends KubeObject = KubeObject>(object: KubeObject): T;
  /** Replaces only `status`; same conflict rule. */
  updateStatus<T extends KubeObject = KubeObject>(object: KubeObject): T;
  /** JSON merge patch (RFC 7386) of the object, or of its status subresource; never conflicts. No change, no event. */
  patch<T extends KubeObject = KubeObject>(
    kind: string,
    namespace: string | undefined,
    name: string,
    patch: object,
    subresource?: 'status',
  ): T;
  /**
   * Deletes. A Pod bound to a node first gets deletionTimestamp (a MODIFIED change) and goes when its kubelet deletes
   * it again with gracePeriodSeconds 0; an unbound one goes at once. Objects with finalizers go when the last finalizer
   * is removed. Dependants (ownerReferences) are the garbage collector's work, not this method's. Missing: 404
   * ApiError.
   */
  delete(kind: string, namespace: string | undefined, name: string, options?: DeleteOptions): void;
  /**
   * Calls `handler` for each present object (ADDED), then for each change, in order, from a microtask: never from
   * inside the call that made it. Returns the function that stops it.
   */
  watch<T extends KubeObject = KubeObject>(kind: string, handler: (change: Change<T>) => void): () => void;
}

/** Streams of one exec or attach request, connected by the API server to its client. */
export interface ExecStreams {
  stdin?: NodeJS.ReadableStream;
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
}

export interface LogOptions {
  follow?: boolean;
  tailLines?: number;
  previous?: boolean;
  timestamps?: boolean;
  signal: AbortSignal;
}

/** A container of a Pod, by names. */
export interface ContainerName {
  namespace: string;
  pod: string;
  container: string;
}

interface StreamOptions {
  tty: boolean;
  signal: AbortSignal;
}

/** What the API server asks of a node's kubelet. 404 ApiError where the container is not running. */
export interface KubeletApi {
  /** Runs argv in a container; resolves with its exit code once its output has been written. */
  exec(where: ContainerName, argv: string[], streams: ExecStreams, options: StreamOptions): Promise<number>;
  /** Joins a client to the streams of a container's own program, until that has ended or the client's stdin has. */
  attach(where: ContainerName, streams: ExecStreams, options: { signal: AbortSignal }): Promise<void>;
  /** Writes the container's log; with `follow` until it ends or the signal fires. */
  logs(where: ContainerName, out: NodeJS.WritableStream, options: LogOptions): Promise<void>;
}

/** Finds the kubelet of a node by the node's name. */
export type Kubelets = (node: string) => KubeletApi | undefined;

export interface ServiceAccountName {
  namespace: string;
  name: string;
}

/** The token that a Pod's programs show to the API. It proves nothing: whoever shows none is the administrator here. */
export const tokenOf = ({ namespace, name }: ServiceAccountName): string => `embedded:${namespace}:${name}`;

/** Whose token it is, or undefined for what is none. */
export function accountOf(token: string): ServiceAccountName | undefined {
  const [, namespace, name] = /^embedded:([^:]+):([^:]+)$/.exec(token) ?? [];
  return namespace !== undefined && name !== undefined ? { namespace, name } : undefined;
}
